/** The hidden truth of a realistic history: what a medium really holds. The records only report it. */
import { amountOf, type JournalRecord, type LogEntry, type Product, type TransactionRecord } from '@retap/model';

export interface Card {
  readonly medium: string;
  readonly balance: number;
  readonly lastTime: number;
  readonly lastTerminal: number;
  readonly mediumSerial: number;
  /** Products held, with the uses the medium counted. */
  readonly products: readonly { readonly product: Product; readonly uses: number }[];
  /** Newest first. */
  readonly log: readonly LogEntry[];
  /** Whether terminals report the counter, and the log, of this medium. */
  readonly counts: boolean;
  readonly logs: boolean;
}

const LOG_LENGTH = 4;

export function openedCard(open: JournalRecord & { readonly type: 'open' }, counts: boolean, logs: boolean): Card {
  return {
    medium: open.medium,
    balance: open.balance,
    lastTime: open.time,
    lastTerminal: open.terminal,
    mediumSerial: 0,
    products: [],
    log: [],
    counts,
    logs,
  };
}

/** The card after it carried out what the record says. */
export function committed(card: Card, record: TransactionRecord): Card {
  const mediumSerial = card.mediumSerial + 1;
  const products =
    record.type === 'purchase'
      ? [...card.products, { product: record.product, uses: 0 }]
      : card.products.map((held) =>
          record.type === 'validation' && held.product.id === record.productId
            ? { ...held, uses: held.uses + 1 }
            : held,
        );
  const entry: LogEntry = {
    time: record.time,
    terminal: record.terminal,
    amount: record.amount,
    balance: record.balance,
    ...(card.counts && { mediumSerial }),
  };
  return {
    ...card,
    balance: record.balance,
    lastTime: record.time,
    lastTerminal: record.terminal,
    mediumSerial,
    products,
    log: [entry, ...card.log].slice(0, LOG_LENGTH),
  };
}

/** What every record but `open` says of the card as it was read. */
export function readingOf(card: Card, withLog: boolean) {
  return {
    medium: card.medium,
    lastTime: card.lastTime,
    lastTerminal: card.lastTerminal,
    balance: amountOf(card.balance),
    ...(card.counts && { mediumSerial: card.mediumSerial }),
    ...(card.logs && withLog && { log: card.log }),
  };
}

/** A product on the card that may be used at this time. */
export function usableProduct(card: Card, time: number): Product | null {
  const usable = card.products.find(
    ({ product, uses }) =>
      time >= (product.validFrom ?? 0) &&
      time < (product.validUntil ?? Number.POSITIVE_INFINITY) &&
      uses < (product.maxUses ?? Number.POSITIVE_INFINITY),
  );
  return usable?.product ?? null;
}
