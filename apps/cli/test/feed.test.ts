import { PassThrough } from 'node:stream';
import type { Acknowledgement, Central } from '@retap/central';
import { expect, test } from 'vitest';
import { feedJournals } from '../src/reconcile/feed.ts';
import { Interrupted, type Shell } from '../src/shell.ts';

const OPEN =
  '{"terminal":1,"serial":1,"type":"open","medium":"M1","time":1000,"amount":500,"balance":500,"status":"successful"}';

/** A keyboard: it stays open until someone ends it. */
function shellWith(stdin: PassThrough, interrupted: AbortSignal): Shell {
  const out = new PassThrough();
  return { env: {}, now: () => 0, elapsed: () => 0, stdin, stdout: out, stderr: out, interrupted };
}

/** Takes what it is given. */
function centre(bodies: string[]): Central {
  const receive = async (batches: readonly { readonly body: Uint8Array }[]): Promise<Acknowledgement[]> => {
    bodies.push(...batches.map(({ body }) => new TextDecoder().decode(body)));
    return batches.map((_, index) => ({ receipt: index + 1, accepted: 1, quarantined: [], received: null }));
  };
  return { receive, drain: async () => {} } as unknown as Central;
}

test('records go to the centre without the lines that are none, which are told by file and line', async () => {
  const stdin = new PassThrough();
  stdin.end(`${OPEN}\nnonsense\n`);
  const bodies: string[] = [];
  const rejected = await feedJournals(centre(bodies), ['-'], shellWith(stdin, new AbortController().signal));
  expect(bodies).toEqual([OPEN]);
  expect(rejected).toMatchObject([{ file: '-', line: 2 }]);
});

test('Ctrl-C ends a reading that waits for more', async () => {
  const interruption = new AbortController();
  const stdin = new PassThrough();
  stdin.write(`${OPEN}\n`);
  const feeding = feedJournals(centre([]), ['-'], shellWith(stdin, interruption.signal));
  setTimeout(() => interruption.abort(), 20);
  await expect(feeding).rejects.toBeInstanceOf(Interrupted);
});

test('Ctrl-C before the first byte is not forgotten', async () => {
  const feeding = feedJournals(centre([]), ['-'], shellWith(new PassThrough(), AbortSignal.abort()));
  await expect(feeding).rejects.toBeInstanceOf(Interrupted);
});
