import type { Acknowledgement, ReceivedBatch } from '@retap/central';
import { ProtocolError } from '@retap/protocol';
import { describe, expect, test } from 'vitest';
import { UploadsFull } from '../src/body.ts';
import { UPLOAD_LIMITS, Uploads } from '../src/uploads.ts';

const batch = (name: string, bytes = 1): ReceivedBatch => ({
  form: 'batch',
  body: new TextEncoder().encode(name.padEnd(bytes)),
});
const nameOf = ({ body }: ReceivedBatch): string => new TextDecoder().decode(body.subarray(0, 8)).trim();

/** A centre that notes the groups it is called with and answers each when told to. */
class SlowCentre {
  readonly groups: string[][] = [];
  readonly #answers: (() => void)[] = [];
  refuse: ((group: readonly string[]) => Error | null) | null = null;

  readonly receive = async (batches: readonly ReceivedBatch[]): Promise<readonly Acknowledgement[]> => {
    const names = batches.map(nameOf);
    this.groups.push(names);
    await new Promise<void>((resolve) => this.#answers.push(resolve));
    const fault = this.refuse?.(names) ?? null;
    if (fault) throw fault;
    return names.map((name) => ({ receipt: name.charCodeAt(0), accepted: 1, quarantined: [], received: null }));
  };

  /** Lets the call under way end, as soon as there is one. */
  async answer(): Promise<void> {
    while (this.#answers.length === 0) await new Promise((resolve) => setImmediate(resolve));
    this.#answers.shift()?.();
  }
}

describe('uploads that arrive while others are made durable', () => {
  test('are made durable together, and each gets its own acknowledgement', async () => {
    const centre = new SlowCentre();
    const uploads = new Uploads({ receive: centre.receive, onReceived: () => {} });
    const first = uploads.offer(batch('a'));
    await centre.answer();
    await first;
    const second = uploads.offer(batch('b'));
    while (centre.groups.length < 2) await new Promise((resolve) => setImmediate(resolve));
    const rest = ['c', 'd', 'e'].map((name) => uploads.offer(batch(name)));
    await centre.answer();
    await centre.answer();
    await second;
    expect((await Promise.all(rest)).map(({ receipt }) => String.fromCharCode(receipt))).toEqual(['c', 'd', 'e']);
    expect(centre.groups).toEqual([['a'], ['b'], ['c', 'd', 'e']]);
  });

  test('a body the centre refuses does not fail those it came with', async () => {
    const centre = new SlowCentre();
    centre.refuse = (group) => (group.includes('bad') ? new ProtocolError('batch-malformed', 'not a batch') : null);
    const uploads = new Uploads({ receive: centre.receive, onReceived: () => {} });
    const names = ['a', 'b', 'c', 'd', 'e', 'bad', 'g', 'h'];
    const answers = Promise.allSettled(names.map((name) => uploads.offer(batch(name))));
    for (let call = 0; call < 7; call += 1) await centre.answer();
    const refused = (await answers).flatMap(({ status }, index) => (status === 'rejected' ? [names[index]] : []));
    expect(refused).toEqual(['bad']);
    // By halves of halves: not each by itself, for every call is a commit.
    const halves = [['a', 'b', 'c', 'd'], ['e', 'bad', 'g', 'h'], ['e', 'bad'], ['e'], ['bad'], ['g', 'h']];
    expect(centre.groups).toEqual([names, ...halves]);
  });

  test('a database that is gone fails the whole group at once, and the next group is tried', async () => {
    const centre = new SlowCentre();
    const gone = Object.assign(new Error('gone'), { code: 'database-unreachable' });
    centre.refuse = () => gone;
    const uploads = new Uploads({ receive: centre.receive, onReceived: () => {} });
    const answers = Promise.allSettled(['a', 'b'].map((name) => uploads.offer(batch(name))));
    await centre.answer();
    expect((await answers).map((each) => each.status === 'rejected' && each.reason)).toEqual([gone, gone]);
    centre.refuse = null;
    const next = uploads.offer(batch('c'));
    await centre.answer();
    expect((await next).accepted).toBe(1);
  });

  test('wake the reconciliation once they are durable, and not before', async () => {
    const centre = new SlowCentre();
    let woken = 0;
    const uploads = new Uploads({
      receive: centre.receive,
      onReceived: () => {
        woken += 1;
      },
    });
    const offered = uploads.offer(batch('a'));
    expect(woken).toBe(0);
    await centre.answer();
    await offered;
    expect(woken).toBe(1);
  });

  test('are made durable a number at a time, so that the first need not wait for the last', async () => {
    const centre = new SlowCentre();
    const limits = { ...UPLOAD_LIMITS, groupBatchesMax: 2 };
    const uploads = new Uploads({ receive: centre.receive, onReceived: () => {}, limits });
    const five = Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => uploads.offer(batch(name))));
    for (let call = 0; call < 3; call += 1) await centre.answer();
    await five;
    expect(centre.groups).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  test('beyond what memory should hold are refused, with nothing kept', async () => {
    const centre = new SlowCentre();
    const uploads = new Uploads({ receive: centre.receive, onReceived: () => {} });
    const large = [1, 2, 3, 4].map((name) => uploads.offer(batch(String(name), 16 * 2 ** 20)));
    await expect(uploads.offer(batch('5', 1))).rejects.toBeInstanceOf(UploadsFull);
    for (let call = 0; call < 4; call += 1) await centre.answer();
    await Promise.all(large);
    await uploads.settled();
    expect(centre.groups).toEqual([['1'], ['2'], ['3'], ['4']]);
  });
});

describe('a database that is slow', () => {
  const KB = 2 ** 10;
  const LIMITS = { ...UPLOAD_LIMITS, waitingBytesMax: 64 * KB, waitingBytesMin: 4 * KB, lateMs: 6_000 };

  function slowly() {
    const centre = new SlowCentre();
    let now = 0;
    let taken = 0;
    // Its own look at who is late comes every 200 ms of the real clock, by the time of this one.
    const elapsed = (): number => now;
    const uploads = new Uploads({ receive: centre.receive, onReceived: () => {}, elapsed, limits: LIMITS });
    const offer = (name: string, bytes = KB): Promise<Acknowledgement> => {
      return uploads.offer(batch(name, bytes));
    };
    /** Lets the group under way take so long, then end. */
    const takes = async (ms: number): Promise<void> => {
      taken += 1;
      while (centre.groups.length < taken) await new Promise((resolve) => setImmediate(resolve));
      now += ms;
      await centre.answer();
      await new Promise((resolve) => setImmediate(resolve));
    };
    const pass = (ms: number): void => {
      now += ms;
    };
    return { centre, uploads, offer, takes, pass };
  }

  test('takes no more than it can make durable in five seconds, and more again once it has become faster', async () => {
    const { uploads, offer, takes } = slowly();
    expect(uploads.state.limitBytes).toBe(64 * KB);
    const first = offer('a', 8 * KB);
    await takes(5_000);
    await first;
    expect(uploads.state.limitBytes).toBe(8 * KB);
    const under = offer('b', 8 * KB);
    await new Promise((resolve) => setImmediate(resolve));
    const waiting = Array.from({ length: 8 }, (_, index) => offer(`c${index}`));
    await expect(offer('d')).rejects.toMatchObject({ code: 'uploads-full', afterMs: 5_000 });
    for (let group = 0; group < 2; group += 1) await takes(100);
    await Promise.all([under, ...waiting]);
    await takesAnother(offer, takes, 2);
    expect(uploads.state.limitBytes).toBe(64 * KB);
  });

  async function takesAnother(
    offer: (name: string) => Promise<unknown>,
    takes: (ms: number) => Promise<void>,
    count: number,
  ): Promise<void> {
    for (let each = 0; each < count; each += 1) {
      const answer = offer(`e${each}`);
      await takes(100);
      await answer;
    }
  }

  test('where each commit is slow whatever is in it, the limit grows until groups are large', async () => {
    const { uploads, offer, takes } = slowly();
    const limits: number[] = [];
    let bytes = KB;
    for (let round = 0; round < 6; round += 1) {
      const answer = offer('a', bytes);
      await takes(2_000);
      await answer;
      limits.push(uploads.state.limitBytes / KB);
      bytes = uploads.state.limitBytes;
    }
    expect(limits).toEqual([4, 10, 25, 62.5, 64, 64]);
  });

  test('that stands still: nothing more is let in, those who wait are answered, and it goes on by itself', async () => {
    const { centre, uploads, offer, takes, pass } = slowly();
    const under = offer('a');
    const underEnds = expect(under).rejects.toMatchObject({ code: 'upload-late' });
    while (centre.groups.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const waiting = offer('b');
    const waitingEnds = expect(waiting).rejects.toMatchObject({ code: 'upload-late' });
    pass(5_500);
    expect(() => uploads.admit()).toThrow(UploadsFull);
    await expect(offer('c')).rejects.toMatchObject({ code: 'uploads-full', afterMs: 5_500 });
    pass(1_000);
    await Promise.all([underEnds, waitingEnds]);
    // What is under way still holds memory, what nobody waits for any more does not.
    expect(uploads.state).toMatchObject({ waitingBytes: 0, heldBytes: KB });
    await takes(100);
    const after = offer('d');
    await takes(1);
    expect((await after).accepted).toBe(1);
    expect(centre.groups).toEqual([['a'], ['d']]);
  });
});

test('a database that is gone halves what may wait, each time, to the least', async () => {
  const centre = new SlowCentre();
  centre.refuse = () => Object.assign(new Error('gone'), { code: 'database-unreachable' });
  const uploads = new Uploads({ receive: centre.receive, onReceived: () => {} });
  for (let fault = 0; fault < 12; fault += 1) {
    const answer = uploads.offer(batch('a')).catch(() => {});
    await centre.answer();
    await answer;
    await uploads.settled();
  }
  expect(uploads.state.limitBytes).toBe(UPLOAD_LIMITS.waitingBytesMin);
});
