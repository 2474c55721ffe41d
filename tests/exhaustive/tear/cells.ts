/** The tear matrix: where a tap is torn, and what the person does then. */
import type { Tear } from '@retap/card';
import { amountOf, type TapRequest } from '@retap/model';
import { type Action, MemoryJournal } from '@retap/terminal';
import { Card, GateLine, type Issued } from './city.ts';

export interface Tapped {
  readonly name: string;
  readonly request: TapRequest;
  /** Whether it is a passage at a gate line, so that a sibling lets through who has paid. */
  readonly isPassage: boolean;
  readonly isLogTime: boolean;
  /** What waits on the action list for the card's first action. */
  readonly action?: Action;
  /** What all commits of a tap that is served change in the wallet, in turn. */
  readonly amounts: readonly number[];
}

const debit = { type: 'debit', amount: amountOf(120) } as const;
const medium = '042A618C199080';

/** Every transaction type, the fast way and with the log; actions before a passage. */
export const TAPS: readonly Tapped[] = [
  { name: 'debit', request: debit, isPassage: true, isLogTime: false, amounts: [-120] },
  { name: 'debit, log read', request: debit, isPassage: true, isLogTime: true, amounts: [-120] },
  {
    name: 'validation',
    request: { type: 'validation', codes: ['ten-rides'] },
    isPassage: true,
    isLogTime: false,
    amounts: [0],
  },
  {
    name: 'refill',
    request: { type: 'refill', amount: amountOf(500) },
    isPassage: false,
    isLogTime: false,
    amounts: [500],
  },
  {
    name: 'purchase',
    request: { type: 'purchase', price: amountOf(500), product: { code: 'day-ticket', maxUses: 1 } },
    isPassage: false,
    isLogTime: true,
    amounts: [-500],
  },
  {
    name: 'refill of the action list, then debit',
    request: debit,
    isPassage: true,
    isLogTime: false,
    action: { medium, serial: 1, kind: 'refill', amount: amountOf(300) },
    amounts: [300, -120],
  },
];

export const AGAIN = ['same', 'sibling', 'never'] as const;
export type Again = (typeof AGAIN)[number];

/** One point at which the tap goes wrong. */
export type Point =
  /** The card leaves. */
  | { readonly kind: 'exchange'; readonly tear: Tear }
  /** The terminal loses its power there, and the card its field. */
  | { readonly kind: 'terminal killed at exchange'; readonly tear: Tear }
  /** The answer to the commit, cut. */
  | { readonly kind: 'commit answer cut'; readonly tear: Tear }
  /** The card's power goes inside a command. */
  | { readonly kind: 'card power'; readonly afterWrites: number }
  /** The terminal's power goes at a write of its journal, of which some bytes may reach the disk. */
  | { readonly kind: 'journal write'; readonly afterWrites: number; readonly tornBytes: number };

export function describePoint(point: Point): string {
  const { kind } = point;
  if ('tear' in point) {
    const { when, exchange, keepBytes } = point.tear;
    return `${kind} ${when} ${exchange}${keepBytes === undefined ? '' : `, ${keepBytes} bytes`}`;
  }
  return `${kind} after ${point.afterWrites}${kind === 'journal write' ? `, ${point.tornBytes} bytes of the next` : ''}`;
}

/** Every point of this tap: found by living it once, untorn. */
export async function pointsOf(issued: Issued, tapped: Tapped): Promise<Point[]> {
  const card = new Card(issued.image);
  const store = new MemoryJournal();
  const terminal = await new GateLine(issued.now).at(17, { store, ...optionsOf(tapped) });
  const { medium: held, channel } = card.heldTo(17);
  const writesBefore = { card: card.memory.writes, journal: store.writes };
  const lengths: number[] = [];
  const transmit = channel.transmit.bind(channel);
  channel.transmit = async (command) => {
    const answer = await transmit(command);
    lengths.push(answer.length);
    return answer;
  };
  const { outcome } = await terminal.tap(held, tapped.request);
  if (outcome !== 'successful') throw new Error(`${tapped.name} untorn is ${outcome}`);
  const exchanges = lengths.map((_, exchange) => exchange);
  const tears = exchanges.flatMap((exchange): Tear[] => [
    { exchange, when: 'before' },
    { exchange, when: 'after' },
  ]);
  const commit = exchanges.length - 1;
  const points: Point[] = tears.flatMap((tear) => [
    { kind: 'exchange', tear },
    { kind: 'terminal killed at exchange', tear },
  ]);
  for (let keepBytes = 1; keepBytes < (lengths[commit] ?? 0); keepBytes += 1) {
    points.push({ kind: 'commit answer cut', tear: { exchange: commit, when: 'after', keepBytes } });
  }
  for (let afterWrites = 0; afterWrites < card.memory.writes - writesBefore.card; afterWrites += 1) {
    points.push({ kind: 'card power', afterWrites });
  }
  // After the last write too: all is on the disk, and nobody saw the gate open.
  for (let afterWrites = 0; afterWrites <= store.writes - writesBefore.journal; afterWrites += 1) {
    for (const tornBytes of [0, 7]) points.push({ kind: 'journal write', afterWrites, tornBytes });
  }
  return points;
}

export function optionsOf({ isLogTime, action }: Tapped) {
  return {
    isLogTime: () => isLogTime,
    ...(action && { actions: (_: string, serial: number) => (serial === action.serial ? action : null) }),
  };
}
