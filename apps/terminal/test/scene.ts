/** A terminal whose taps end as a test wants, and a reader that a test holds cards to. */
import type { CardChannel, Medium } from '@retap/card';
import { amountOf, firstAccount, type MediumAccount, type TapRequest, type TransactionRecord } from '@retap/model';
import { MemoryMedium, type TapOutcome } from '@retap/terminal';
import type { Configuration } from '../src/configuration/configuration.ts';
import { configurationSchema } from '../src/configuration/schema.ts';
import type { HeldCard, Reader } from '../src/reader.ts';
import type { ScreenState } from '../src/screen/screen.ts';
import { startTerminal } from '../src/service.ts';
import type { ServedTerminal, ServiceOptions, TerminalService } from '../src/service-options.ts';

export const START = 1_772_420_400_000;
export const cents = amountOf;
export const CARD = '04A1B2C3D4E5F6';
export const OTHER_CARD = '04A1B2C3D4E5F7';

export const VALIDATOR = {
  terminal: 17,
  role: 'validator',
  language: 'sl',
  currency: { code: 'EUR', digits: 2 },
  offers: [
    { kind: 'debit', amount: 130, name: { sl: 'Enotna vožnja', en: 'Single ride' } },
    { kind: 'validation', codes: ['month'], name: { sl: 'Vozovnica', en: 'Pass' } },
  ],
  defaultOffer: 1,
  limits: { minimumBalance: 0, maximumBalance: 50_000 },
  journal: 'journal',
  keys: { store: 'keys.json' },
  reader: { kind: 'pcsc' },
  screen: { port: 0, messageFor: '60s' },
};

export const POINT_OF_SALE = {
  ...VALIDATOR,
  role: 'point-of-sale',
  language: 'en',
  defaultOffer: undefined,
  offers: [
    { kind: 'refill', amount: 1000, name: { sl: 'Polnjenje', en: 'Top-up' } },
    {
      kind: 'purchase',
      product: 'month',
      price: 3700,
      validFor: '30d',
      name: { sl: 'Mesečna vozovnica', en: 'Monthly pass' },
    },
  ],
  freeAmount: ['debit', 'refill'],
};

export const INSPECTOR = { ...VALIDATOR, role: 'inspector', language: 'en', offers: [], defaultOffer: undefined };

/** A configuration as its file would be read. */
export function configured(file: object): Configuration {
  return configurationSchema.parse(file) as Configuration;
}

export function accountWith(balance: number, medium = CARD): MediumAccount {
  return firstAccount(medium, cents(balance), START - 86_400_000, 99);
}

export function debitOf(status: TransactionRecord['status']): TapOutcome {
  const record: TransactionRecord = {
    ...{ terminal: 17, serial: 1, type: 'debit', medium: CARD, time: START, lastTime: START - 1, lastTerminal: 99 },
    ...{ amount: cents(-130), balance: cents(870), status },
  };
  return { outcome: status, record };
}

class StandInTerminal implements ServedTerminal {
  outcome: TapOutcome = debitOf('successful');
  outOfService: ServedTerminal['outOfService'] = null;
  unsent: ServedTerminal['unsent'] = { count: 0, amount: 0, oldestTime: null };
  readonly requests: TapRequest[] = [];

  async tap(medium: Medium, request: TapRequest): Promise<TapOutcome> {
    this.requests.push(request);
    await medium.authenticate('debit');
    await medium.read({ products: false, log: () => false });
    return this.outcome;
  }

  async shown(): Promise<void> {}

  async observe(medium: Medium): ReturnType<ServedTerminal['observe']> {
    await medium.authenticate('read');
    const reading = await medium.read({ products: true, log: () => true });
    if (typeof reading === 'string') return { outcome: 'refused', reason: 'unreadable' };
    const { account } = reading;
    const { medium: name, balance, lastTime, lastTerminal } = account;
    const record = { terminal: 17, serial: 1, medium: name, time: START, lastTime, lastTerminal, balance } as const;
    return { outcome: 'observed', record: { ...record, type: 'observation' }, account, isDenied: false };
  }

  async nextBatch(): ReturnType<ServedTerminal['nextBatch']> {
    return null;
  }

  async acknowledge(): Promise<void> {}

  async kept(): ReturnType<ServedTerminal['kept']> {
    return null;
  }

  async batchAgain(): ReturnType<ServedTerminal['batchAgain']> {
    return null;
  }
}

/** A field that a test puts cards into. */
class HandReader implements Reader {
  readonly name = 'by hand';
  fault: Error | null = null;
  isClosed = false;
  #uid: Uint8Array | null = null;
  #waiting: (() => void)[] = [];

  hold(name: string): void {
    this.#uid = Uint8Array.from(Buffer.from(name, 'hex'));
    this.#changed();
  }

  pull(): void {
    this.#uid = null;
    this.#changed();
  }

  /** The reader goes, or comes back. */
  breakWith(fault: Error | null): void {
    this.fault = fault;
    this.#changed();
  }

  async waitForCard(signal: AbortSignal): Promise<HeldCard> {
    await this.#until(() => this.#uid !== null, signal);
    return { uid: this.#uid!, transmit: async () => new Uint8Array(), close: async () => {} };
  }

  async waitForRemoval(signal: AbortSignal): Promise<void> {
    await this.#until(() => this.#uid === null, signal);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  async #until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      if (this.fault) throw this.fault;
      if (isSo()) return;
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#waiting.push(wake);
        signal.addEventListener('abort', wake);
      });
    }
  }

  #changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

export interface Stage {
  readonly service: TerminalService;
  readonly terminal: StandInTerminal;
  readonly reader: HandReader;
  /** What is on a card; one that is not here is blank. */
  readonly accounts: Map<string, MediumAccount>;
  /** Holds a card until it was served, and pulls it away. */
  readonly tap: (card?: string) => Promise<void>;
  readonly state: () => Promise<ScreenState>;
}

export async function stage(file: object = VALIDATOR, changes: Partial<ServiceOptions> = {}): Promise<Stage> {
  const terminal = new StandInTerminal();
  const reader = new HandReader();
  const accounts = new Map([[CARD, accountWith(1000)]]);
  const mediumOf = ({ uid }: CardChannel): Medium => {
    return new MemoryMedium(accounts.get(Buffer.from(uid).toString('hex').toUpperCase()) ?? null);
  };
  const options = { configuration: configured(file), terminal, reader, mediumOf, now: () => START, random: () => 0.5 };
  const service = await startTerminal({ ...options, log: () => {}, ...changes });
  const state = async (): Promise<ScreenState> => (await fetch(`${service.url}/state`)).json();
  const tap = async (card = CARD): Promise<void> => {
    const { messageNumber } = await state();
    reader.hold(card);
    while ((await state()).messageNumber === messageNumber) await new Promise((resolve) => setTimeout(resolve, 5));
    reader.pull();
  };
  return { service, terminal, reader, accounts, tap, state };
}
