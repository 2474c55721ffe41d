/** Everything the screen says, in one language. Placeholders stand in braces. */
import type { TransactionType } from '@retap/model';
import type { Refusal } from '@retap/terminal';
import type { ProcessFault } from '../screen/message.ts';
import type { NotAccepted } from '../uplink/http.ts';

/** A message: what a person reads from a step away, and what to do. */
interface MessageWords {
  readonly title: string;
  readonly advice: string;
}

/** Why the screen says out of service, besides the terminal's own reasons: `disconnected` is what the page itself finds. */
type Fault = ProcessFault | 'disconnected';

export interface Words {
  readonly language: string;
  readonly screen: Readonly<Record<(typeof SCREEN_WORDS)[number], string>>;
  /** Before a tap, by what it would be. */
  readonly ready: Readonly<Record<TransactionType | 'reading', string>>;
  /** After a tap, by what it was; `completed`: the tap before it had paid. */
  readonly done: Readonly<Record<TransactionType | 'completed', MessageWords>>;
  readonly again: Readonly<Record<'torn' | 'unreadable' | 'busy', MessageWords>>;
  /** Refusals of this medium, and of the terminal: the kind of the message tells which. */
  readonly reasons: Readonly<Record<Refusal | Fault | 'declined', MessageWords>>;
  /** Why the centre takes nothing from this terminal: for the driver, in the corner. */
  readonly notAccepted: Readonly<Record<NotAccepted, string>>;
  /** Entries of the action list that were carried out with a tap; `{amount}`. */
  readonly actions: Readonly<Record<TransactionType, string>>;
}

const SCREEN_WORDS = [
  'title',
  'terminal',
  'languageLabel',
  'outOfService',
  'charge',
  'credit',
  'balance',
  'blocked',
  'denied',
  'medium',
  'products',
  'noProducts',
  'productUntil',
  'productUses',
  'productUsesOf',
  'log',
  'noLog',
  'offers',
  'chooseOffer',
  'otherAmount',
  'keypad',
  'amount',
  'confirmPay',
  'confirmTopUp',
  'erase',
  'cancel',
  'soundOn',
  'soundOff',
  'soundLocked',
  'cards',
  'noCards',
  'hold',
  'pull',
  'leaves',
  'leavesWhenPulled',
  'leavesBeforeCommit',
  'leavesAfterCommit',
  'waiting',
] as const;
