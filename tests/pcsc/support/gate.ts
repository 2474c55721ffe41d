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

/** How long a card may take in tests, in milliseconds: enough for a busy machine, short enough to wait for often. */
export const DEADLINE_MS = 400;

/** A signal that nobody aborts. */
export const NEVER = new AbortController().signal;

/** One gate for all tests of a file. */
export function useGate(onUnusableCard?: (why: string) => void): Gate {
  let pcscd: Pcscd;
  let reader: Reader;
  const plugged: Plugged[] = [];
  beforeAll(async () => {
    pcscd = await startPcscd();
    const { name } = pcscd.readers[0];
    const options = { name, deadlineMs: DEADLINE_MS, pcscd: pcscd.socket };
    reader = await openReader(onUnusableCard === undefined ? options : { ...options, onUnusableCard });
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
