/** What happens next in virtual time: a binary heap by time, then by the order in which things were planned. */
import type { Time } from '@retap/model';

interface Entry {
  readonly at: Time;
  readonly order: number;
  readonly work: () => Promise<void> | void;
}

export class Agenda {
  readonly #heap: Entry[] = [];
  #planned = 0;

  get size(): number {
    return this.#heap.length;
  }

  plan(at: Time, work: Entry['work']): void {
    const entry = { at, order: this.#planned, work };
    this.#planned += 1;
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const above = heap[(index - 1) >> 1] as Entry;
      if (isBefore(above, entry)) break;
      heap[index] = above;
      index = (index - 1) >> 1;
    }
    heap[index] = entry;
  }

  /** Takes out what is first; undefined when nothing is planned. */
  next(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Entry, heap[below] as Entry)) below += 1;
      const lower = heap[below] as Entry;
      if (isBefore(last, lower)) break;
      heap[index] = lower;
      index = below;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
