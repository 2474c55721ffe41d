/** What the screen shows just now, and who watches it. */
import type { ClockReport, ListKind } from '@retap/protocol';
import type { Configuration } from '../configuration/configuration.ts';
import type { Language, Offer, Role } from '../configuration/schema.ts';
import type { FreeType, Selected } from '../selection.ts';
import type { NotAccepted } from '../uplink/http.ts';
import type { Message } from './message.ts';

/** A card file that can be held to the reader in this process. */
export interface ShownCard {
  readonly name: string;
  readonly isHeld: boolean;
}

/** Everything that the page needs: who comes late, or again, sees the same as who was there. */
export interface ScreenState {
  readonly terminal: number;
  readonly role: Role;
  readonly language: Language;
  readonly currency: { readonly code: string; readonly digits: number };
  readonly offers: readonly Offer[];
  readonly freeAmount: readonly FreeType[];
  /** What the next tap gets; null: it only reads. */
  readonly selected: Selected | null;
  readonly isDefault: boolean;
  readonly message: Message;
  /** Counts messages: the same message twice is two taps, and sounds twice. */
  readonly messageNumber: number;
  /** Records that wait for the centre. */
  readonly waiting: number;
  /** Why the centre takes nothing from this terminal; null: it does, or was not reached. */
  readonly notAccepted: NotAccepted | null;
  /** Versions of the centre's lists that are held, 0 for none; null where it knows no centre to take any from. */
  readonly lists: Readonly<Record<ListKind, number>> | null;
  /** How the clock stood when it was last measured; null where that is not known. */
  readonly clock: ClockReport | null;
  /** Null where the reader is a real one. */
  readonly cards: readonly ShownCard[] | null;
}

type Watcher = (state: ScreenState) => void;

export class Screen {
  #state: ScreenState;
  readonly #watchers = new Set<Watcher>();

  constructor(configuration: Configuration) {
    const { terminal, role, language, currency, offers, freeAmount } = configuration;
    this.#state = {
      ...{ terminal, role, language, currency, offers, freeAmount },
      selected: null,
      isDefault: true,
      message: { kind: 'ready' },
      messageNumber: 0,
      waiting: 0,
      notAccepted: null,
      lists: null,
      clock: null,
      cards: null,
    };
  }

  get state(): ScreenState {
    return this.#state;
  }

  show(message: Message): void {
    this.#change({ message, messageNumber: this.#state.messageNumber + 1 });
  }

  update(
    changes: Partial<
      Pick<ScreenState, 'offers' | 'selected' | 'isDefault' | 'waiting' | 'notAccepted' | 'lists' | 'clock' | 'cards'>
    >,
  ): void {
    this.#change(changes);
  }

  /** Calls with the state now and after each change. @returns ends it */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    watcher(this.#state);
    return () => this.#watchers.delete(watcher);
  }

  #change(changes: Partial<ScreenState>): void {
    this.#state = { ...this.#state, ...changes };
    for (const watcher of this.#watchers) watcher(this.#state);
  }
}
