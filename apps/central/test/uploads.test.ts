import type { Acknowledgement, ReceivedBatch } from '@retap/central';
import { ProtocolError } from '@retap/protocol';
import { describe, expect, test } from 'vitest';
import { UploadsFull } from '../src/body.ts';
import { Uploads } from '../src/uploads.ts';

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
    return names.map((name) => ({ receipt: name.charCodeAt(0), accepted: 1, quarantined: [] }));
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
    const uploads = new Uploads(centre.receive, () => {});
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
    const uploads = new Uploads(centre.receive, () => {});
    const answers = Promise.allSettled(['a', 'bad', 'c'].map((name) => uploads.offer(batch(name))));
    for (let call = 0; call < 4; call += 1) await centre.answer();
    expect((await answers).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(centre.groups).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']]);
  });

  test('a database that is gone fails the whole group at once, and the next group is tried', async () => {
    const centre = new SlowCentre();
    const gone = Object.assign(new Error('gone'), { code: 'database-unreachable' });
    centre.refuse = () => gone;
    const uploads = new Uploads(centre.receive, () => {});
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
    const uploads = new Uploads(centre.receive, () => {
      woken += 1;
    });
    const offered = uploads.offer(batch('a'));
    expect(woken).toBe(0);
    await centre.answer();
    await offered;
    expect(woken).toBe(1);
  });

  test('beyond what memory should hold are refused, with nothing kept', async () => {
    const centre = new SlowCentre();
    const uploads = new Uploads(centre.receive, () => {});
    const large = [1, 2, 3, 4].map((name) => uploads.offer(batch(String(name), 16 * 2 ** 20)));
    await expect(uploads.offer(batch('5', 1))).rejects.toBeInstanceOf(UploadsFull);
    for (let call = 0; call < 4; call += 1) await centre.answer();
    await Promise.all(large);
    await uploads.settled();
    expect(centre.groups).toEqual([['1'], ['2'], ['3'], ['4']]);
  });
});
