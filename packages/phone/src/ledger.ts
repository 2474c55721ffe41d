/** A phone's account document in use: read once, written under the lock, shown to whoever listens. */
import { type Certificate, openCertificate } from '@retap/protocol';
import type { PhoneView } from './api.ts';
import { allowanceOf } from './bounds.ts';
import type { Trust } from './opened.ts';
import { type Refused, refused } from './outcome.ts';
import { type Moment, unfit } from './paying.ts';
import { type PhoneOptions, PhoneStoreError, type StoreChange, type Stored } from './port.ts';
import type { PhoneRefusal } from './refusal.ts';
import { CLOCK_TOLERANCE_MS, isTurnedBack, nowOf } from './time.ts';

/** What a piece of work is done on. */
export interface Served extends Stored {
  readonly moment: Moment;
  /** This phone's own certificate. */
  readonly own: Certificate;
}

export class Ledger {
  readonly options: PhoneOptions;
  readonly #listeners = new Set<() => void>();
  #stored: Stored;

  constructor(options: PhoneOptions, stored: Stored) {
    this.options = options;
    this.#stored = stored;
  }

  get stored(): Stored {
    return this.#stored;
  }

  get view(): PhoneView {
    const { document, items, journal, foreign } = this.#stored;
    const certificate = this.certificate;
    const allowance = allowanceOf(document.account, certificate);
    return { document, items, currency: certificate.currency, allowance, unsent: journal.length + foreign.length };
  }

  get certificate(): Certificate {
    return openCertificate(this.#stored.document.certificate).certificate;
  }

  get trust(): Trust {
    return { centre: this.#stored.document.centre, verify: this.options.verify };
  }

  get moment(): Moment {
    const { clock, clockTolerance = CLOCK_TOLERANCE_MS } = this.options;
    return { now: nowOf(clock(), this.#stored.document), clockTolerance };
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Another tab wrote: what is shown here is read anew. @throws PhoneStoreError */
  async refresh(): Promise<void> {
    const stored = await this.options.store.load();
    if (stored === null || stored.document.version === this.#stored.document.version) return;
    this.#stored = stored;
    for (const listener of this.#listeners) listener();
  }

  /** One piece of work at a time, on the document as it is now, whoever wrote it. @throws whatever the work throws */
  locked<Result>(work: (stored: Stored) => Promise<Result>): Promise<Result> {
    return this.options.lock(async () => {
      if ((await this.options.store.version()) !== this.#stored.document.version) await this.refresh();
      return work(this.#stored);
    });
  }

  /** Within {@link locked}: written, and from then on what this phone knows. @throws PhoneStoreError */
  async commit(change: StoreChange): Promise<void> {
    await this.options.store.commit(change);
    this.#stored = storedAfter(this.#stored, change);
    for (const listener of this.#listeners) listener();
  }

  /**
   * One person's wish at a time, where the phone may move money at all. What storage refuses is refused before anything is shown.
   * @param needsFit false: also where it may not
   */
  serve<Outcome>(work: (at: Served) => Promise<Outcome>, needsFit = true): Promise<Outcome | Refused> {
    return this.locked(async (stored) => {
      const { clock, clockTolerance = CLOCK_TOLERANCE_MS } = this.options;
      const reason = needsFit ? unfit(stored.document) : null;
      if (reason) return refused(reason);
      if (isTurnedBack(clock(), stored.document, clockTolerance)) return refused('clock-turned-back');
      try {
        return await work({ ...stored, moment: this.moment, own: this.certificate });
      } catch (error) {
        if (error instanceof PhoneStoreError) return refused(refusalOf(error));
        throw error;
      }
    });
  }
}

function refusalOf({ code }: PhoneStoreError): PhoneRefusal {
  // Who holds the lock and finds another version has a store that is not one.
  return code === 'store-full' ? 'store-full' : 'store-failed';
}

function storedAfter(before: Stored, change: StoreChange): Stored {
  const acknowledgedTo = change.journalAcknowledgedTo ?? 0;
  const gone = new Set(change.foreignAcknowledged);
  const put = new Map((change.items ?? []).map((item) => [item.id, item]));
  const known = before.items.map((item) => put.get(item.id) ?? item);
  const added = [...put.values()].filter(({ id }) => !before.items.some((item) => item.id === id));
  return {
    document: change.document,
    journal: [...before.journal.filter(({ serial }) => serial > acknowledgedTo), ...(change.journal ?? [])],
    foreign: [...before.foreign.filter(({ id }) => !gone.has(id)), ...(change.foreign ?? [])],
    items: [...added.sort((a, b) => b.serial - a.serial), ...known],
  };
}
