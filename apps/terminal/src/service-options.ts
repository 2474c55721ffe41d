/** What the process of a terminal is made of. */
import type { CardChannel, Medium } from '@retap/card';
import type { Identity } from '@retap/keys';
import type { Terminal } from '@retap/terminal';
import type { TerminalClock } from './clock/terminal-clock.ts';
import type { Configuration } from './configuration/configuration.ts';
import type { HeldLicence } from './enrolment/licence.ts';
import type { HeldLists } from './lists/held-lists.ts';
import type { Log } from './log.ts';
import type { Reader } from './reader.ts';
import type { Leaves } from './screen/command.ts';
import type { ShownCard } from './screen/screen.ts';

/** What the process needs of a terminal. */
export type ServedTerminal = Pick<
  Terminal,
  'tap' | 'shown' | 'observe' | 'unsent' | 'outOfService' | 'nextBatch' | 'acknowledge' | 'kept' | 'batchAgain'
>;

/** Cards that are held to a reader by the screen, because there is no real one. */
export interface HoldableCards {
  /** Begins to say which cards there are, and which is held. */
  watch(watcher: (cards: readonly ShownCard[]) => void): void;
  hold(name: string, leaves: Leaves): void;
  pull(): void;
}

export interface ServiceOptions {
  readonly configuration: Configuration;
  readonly terminal: ServedTerminal;
  readonly reader: Reader;
  /** What makes a medium of a card: it knows the keys. */
  readonly mediumOf: (card: CardChannel) => Medium;
  readonly cards?: HoldableCards;
  /** Who the terminal is for the centre; without it its batches go unsigned. */
  readonly enrolled?: { readonly identity: Identity; readonly licence: HeldLicence };
  /** The centre's lists; without them the configuration alone counts. */
  readonly lists?: HeldLists;
  /** The clock that records are stamped by, in milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** How that clock is held to the centre's; without it the centre is not asked the time. */
  readonly measuring?: {
    readonly clock: TerminalClock;
    readonly monotonic: () => number;
    readonly randomBytes: (length: number) => Uint8Array;
  };
  readonly random: () => number;
  readonly log: Log;
}

export interface TerminalService {
  /** Address of the screen. */
  readonly url: string;
  /** A card came that could not be spoken to at all. @param why for the log */
  unusableCard(why: string): void;
  /** Finishes the tap that is under way, then gives everything back. */
  stop(): Promise<void>;
}
