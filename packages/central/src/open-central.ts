/** The door to the centre: with both engines behind it it takes long to load, and most of who knows its words never opens one. */
import type { CentralOptions, OpenCentral } from './port.ts';

/** @see ./central.ts */
export const openCentral: OpenCentral = async (options: CentralOptions) => {
  const central = await import('./central.ts');
  return central.openCentral(options);
};
