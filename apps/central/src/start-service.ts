/** The door to the process: what it brings along (HTTP, OpenAPI, passkeys) takes a second to load, and most commands never start it. */
import type { Service, ServiceOptions } from './service.ts';

/** @see ./service.ts */
export async function startService(options: ServiceOptions): Promise<Service> {
  const service = await import('./service.ts');
  return service.startService(options);
}
