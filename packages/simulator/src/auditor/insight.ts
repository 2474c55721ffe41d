/**
 * What really happened, gathered from inside: each commit of each card, each record as its terminal told it, each word that a
 * terminal got from the centre. From nothing that the centre concluded.
 */
import type { JournalRecord, MediumAccount, MediumName, TerminalNumber, Time } from '@retap/model';
import type { Carrier } from '../watch.ts';

/** A commit as the card itself knows it. */
export interface Commit {
  readonly chip: Chip;
  readonly time: Time;
  readonly terminal: TerminalNumber;
  readonly amount: number;
  readonly balance: number;
  /** Of the commit before it; null for the opening. */
  readonly lastTime: Time | null;
  readonly lastTerminal: TerminalNumber | null;
  /** Credit that came onto the card before it, by no terminal. */
  readonly forged: number;
}

/** A card or phone; a copy of it is another. */
export interface Chip {
  readonly medium: MediumName;
  readonly carrier: Carrier;
  /** It was no new card when it was first seen to commit. */
  readonly isCopy: boolean;
  readonly commits: Commit[];
  /** As of its last commit. */
  account: MediumAccount | null;
  /** Credit that came onto it by no terminal, in all. */
  forged: number;
  /** It was put back to an earlier state. */
  isRolledBack: boolean;
  /** Every product that it ever held, with its uses. */
  readonly uses: Map<string, number>;
}

/** One terminal, from its first record on. */
export interface Journal {
  readonly terminal: TerminalNumber;
  /** Records as its terminal told them, by serial. */
  readonly made: Map<number, JournalRecord>;
  /** Records as they arrived first, by serial. */
  readonly arrived: Map<number, JournalRecord>;
  madeTo: number;
  acknowledgedTo: number;
  /** Runs of serials that the terminal was told are received. */
  readonly acknowledged: { readonly from: number; readonly to: number }[];
  lastTime: Time;
}

/** Where a commit is found: a terminal never stamps two records alike. */
export function placeOf(terminal: TerminalNumber, time: Time): string {
  return `${terminal}@${time}`;
}

export class Insight {
  readonly chips = new Map<Carrier, Chip>();
  readonly byMedium = new Map<MediumName, Chip[]>();
  readonly commits = new Map<string, Commit>();
  readonly journals = new Map<TerminalNumber, Journal>();
  /** Records that arrived, of each medium, each identity once. */
  readonly arrivedOf = new Map<MediumName, JournalRecord[]>();
  /** When each record arrived first. */
  readonly arrivedAt = new Map<string, Time>();
  /** Terminals of which two records with the same identity and different values arrived. */
  readonly conflicting = new Set<TerminalNumber>();

  journal(terminal: TerminalNumber): Journal {
    let journal = this.journals.get(terminal);
    if (journal === undefined) {
      journal = {
        terminal,
        made: new Map(),
        arrived: new Map(),
        madeTo: 0,
        acknowledgedTo: 0,
        acknowledged: [],
        lastTime: 0,
      };
      this.journals.set(terminal, journal);
    }
    return journal;
  }

  committed(carrier: Carrier, before: MediumAccount | null, after: MediumAccount): Commit {
    const chip = this.chips.get(carrier) ?? this.#seen(carrier, before, after);
    const known = chip.account;
    const forged = before !== null && known !== null ? before.balance - known.balance : 0;
    if (before !== null && known !== null && before.mediumSerial !== known.mediumSerial) chip.isRolledBack = true;
    chip.forged += forged;
    const commit: Commit = {
      chip,
      time: after.lastTime,
      terminal: after.lastTerminal,
      amount: after.log[0]?.amount ?? 0,
      balance: after.balance,
      lastTime: before?.lastTime ?? null,
      lastTerminal: before?.lastTerminal ?? null,
      forged,
    };
    chip.commits.push(commit);
    chip.account = after;
    if (before?.products !== after.products) for (const { id, uses } of after.products) chip.uses.set(id, uses);
    this.commits.set(placeOf(commit.terminal, commit.time), commit);
    return commit;
  }

  /**
   * A batch that the centre has accepted.
   * @param leftOut positions of records that it did not apply, from 1 @returns whose it is, and the medium of each record that is new
   */
  arrived(
    body: Uint8Array,
    leftOut: ReadonlySet<number>,
    at: Time,
  ): { readonly terminal: TerminalNumber; readonly media: readonly MediumName[] } {
    const { terminal, records } = JSON.parse(new TextDecoder().decode(body)) as {
      readonly terminal: TerminalNumber;
      readonly records: readonly JournalRecord[];
    };
    const media: MediumName[] = [];
    records.forEach((record, index) => {
      if (leftOut.has(index + 1)) return;
      const { arrived } = this.journal(record.terminal);
      const first = arrived.get(record.serial);
      if (first !== undefined) {
        if (!areEqual(first, record)) this.conflicting.add(record.terminal);
        return;
      }
      arrived.set(record.serial, record);
      this.arrivedAt.set(`${record.terminal}-${record.serial}`, at);
      media.push(record.medium);
      const ofMedium = this.arrivedOf.get(record.medium);
      if (ofMedium) ofMedium.push(record);
      else this.arrivedOf.set(record.medium, [record]);
    });
    return { terminal, media };
  }

  #seen(carrier: Carrier, before: MediumAccount | null, after: MediumAccount): Chip {
    const { medium } = after;
    const chip: Chip = {
      medium,
      carrier,
      isCopy: before !== null,
      commits: [],
      account: before,
      forged: 0,
      isRolledBack: false,
      uses: new Map(before?.products.map(({ id, uses }) => [id, uses])),
    };
    this.chips.set(carrier, chip);
    const others = this.byMedium.get(medium);
    if (others) others.push(chip);
    else this.byMedium.set(medium, [chip]);
    return chip;
  }
}

/** Of values as JSON has them; a key that is undefined is one that is not there. */
export function areEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  for (const key in left) if (left[key] !== undefined && !areEqual(left[key], right[key])) return false;
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false;
  return true;
}
