/**
 * Each decoder is fed its corpus and damaged inputs: it reads or refuses, without a crash, a hang, or memory out of proportion.
 * In CI some hundred inputs each; `npm run test:fuzz` goes on for minutes, from another seed each time (CONTRIBUTING.md).
 */
import path from 'node:path';
import { corpusIn, FuzzFault, fuzz } from '@retap/testkit';
import { describe, expect, test } from 'vitest';
import { DECODERS } from './decoders.ts';

const { RETAP_FUZZ_MS, RETAP_SEED = 'fuzz', RETAP_FUZZ_KEEP } = process.env;
const FOLDER = path.join(import.meta.dirname, '../fixtures/fuzz');
const INPUTS = 250;
/** Of answers, a decoder: messages that quote their input are new each time. What went wrong is kept always. */
const KEPT_MAX = 12;
const KEPT_BYTES_MAX = 1_024;
const forMs = RETAP_FUZZ_MS === undefined ? null : Number(RETAP_FUZZ_MS);

describe('whatever the bytes are, they are read or refused:', () => {
  test.each(DECODERS.map((decoder) => [decoder.name, decoder] as const))(
    '%s',
    { timeout: 60_000 + 2 * (forMs ?? 0) },
    async (name, decoder) => {
      const corpus = corpusIn(path.join(FOLDER, name));
      let kept = corpus.inputs.length;
      const keep = (input: Uint8Array): void => {
        if (input.length > KEPT_BYTES_MAX || kept >= KEPT_MAX) return;
        corpus.keep(input, 'answer');
        kept += 1;
      };
      const onNew = RETAP_FUZZ_KEEP === undefined ? {} : { onNew: keep };
      const options = {
        seed: RETAP_SEED,
        clock: () => performance.now(),
        corpus: corpus.inputs,
        ...onNew,
        ...(forMs === null ? { inputs: INPUTS } : { forMs }),
      };
      const report = await fuzz(decoder, options).catch((error: unknown) => {
        if (error instanceof FuzzFault && forMs !== null) corpus.keep(error.input, 'crash');
        throw error;
      });
      if (forMs !== null) console.log(name, report);
      expect(report.inputs).toBeGreaterThan(decoder.seeds.length);
      expect(report.accepted).toBeGreaterThanOrEqual(decoder.seeds.length);
    },
  );
});

test('no decoder is in the table twice', () => {
  const names = DECODERS.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});
