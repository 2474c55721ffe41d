/** What a test of PC/SC begins with: a pcscd of its own, and the first of its readers opened. */

import { afterAll, afterEach, beforeAll } from 'vitest';
import { openReader } from '../../../apps/terminal/src/pcsc/reader.ts';
import { type ExchangeFault, type PluggableCard, type Plugged, plugIn } from '../../../apps/terminal/src/vpcd/plug.ts';
import { type Pcscd, startPcscd } from './pcscd.ts';

export type Reader = Awaited<ReturnType<typeof openReader>>;

export interface Gate {
  readonly pcscd: Pcscd;
  readonly reader: Reader;
  /** Puts a card into the reader's field; it is taken out after the test. */
  plug(card: PluggableCard, fault?: (exchange: number) => ExchangeFault | null): Promise<Plugged>;
}

/** How long a card may take in tests of anything else, in milliseconds: none does, on whatever busy machine. */
export const PATIENT_MS = 5_000;

/** In tests of mute cards, in milliseconds: enough for a card that answers, short enough to be waited for often. */
export const MUTE_MS = 800;

/** A signal that nobody aborts. */
export const NEVER = new AbortController().signal;

/** One gate for all tests of a file. */
export function useGate(deadlineMs: number, onUnusableCard: (why: string) => void = () => undefined): Gate {
  let pcscd: Pcscd;
  let reader: Reader;
  const plugged: Plugged[] = [];
  beforeAll(async () => {
    pcscd = await startPcscd();
    const { name } = pcscd.readers[0];
    reader = await openReader({ name, deadlineMs, pcscd: pcscd.socket, onUnusableCard });
  });
  afterEach(async () => {
    for (const plug of plugged.splice(0)) await plug.unplug();
    await reader.waitForRemoval(NEVER);
  });
  afterAll(async () => {
    await reader?.close();
    await pcscd?.stop();
  });
  return {
    get pcscd() {
      return pcscd;
    },
    get reader() {
      return reader;
    },
    plug: async (card, fault) => {
      const options = { port: pcscd.readers[0].port };
      const plug = await plugIn(card, fault === undefined ? options : { ...options, fault });
      plugged.push(plug);
      return plug;
    },
  };
}
