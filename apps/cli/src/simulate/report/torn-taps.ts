/** What became of every torn tap: when which evidence settled it, what was in doubt until then, and whether the centre is right. */
import type { Central } from '@retap/central';
import { amountOf, type CommitStatus, identityOf, type MediumName, type Time } from '@retap/model';
import {
  type Arrived,
  EVIDENCE_STEPS,
  type EvidenceStep,
  type Settled,
  settledBy,
  type Tally,
  type TornNote,
} from '@retap/simulator';
import type { Confusion, DoubtPoint, SettlingFigures } from './figures.ts';

const DAY = 86_400_000;
const PAGE = 500;

export interface TornTapFate {
  readonly note: TornNote;
  /** When its own record reached the centre; null where it never did. */
  readonly arrivedAt: Time | null;
  readonly settled: Readonly<Record<EvidenceStep, Settled>>;
  /** What the centre says in the end; null where it never had the record. */
  readonly status: CommitStatus | null;
}

export interface FateOptions {
  readonly central: Central;
  readonly tally: Tally;
  readonly arrivals: readonly Time[];
  readonly onProgress: (done: number, total: number) => void;
}

export async function fatesOf({ central, tally, arrivals, onProgress }: FateOptions): Promise<TornTapFate[]> {
  const ofMedium = new Map<MediumName, TornNote[]>();
  for (const note of tally.torn.values()) {
    const { medium } = note.record;
    ofMedium.set(medium, [...(ofMedium.get(medium) ?? []), note]);
  }
  const fates: TornTapFate[] = [];
  for (const [medium, notes] of ofMedium) {
    const { history, statuses } = await historyOf(central, medium, arrivals);
    for (const note of notes) {
      const identity = identityOf(note.record);
      const own = history.find(({ record }) => identityOf(record) === identity);
      const settled = Object.fromEntries(
        EVIDENCE_STEPS.map((step) => [step, settledBy(step, note, history, central.clockTolerance)]),
      ) as Record<EvidenceStep, Settled>;
      fates.push({ note, arrivedAt: own?.at ?? null, settled, status: statuses.get(identity) ?? null });
    }
    onProgress(fates.length, tally.torn.size);
  }
  return fates;
}

/** The centre's own records of the medium, in the order in which it had them. */
async function historyOf(central: Central, medium: MediumName, arrivals: readonly Time[]) {
  const history: (Arrived & { readonly receipt: number })[] = [];
  const statuses = new Map<string, CommitStatus>();
  for (let before: string | null = null; ; ) {
    const page = await central.chain(medium, { limit: PAGE, ...(before === null ? {} : { before }) });
    for (const { record, receipt, status } of page.links) {
      history.push({ record, receipt, at: arrivals[receipt] ?? 0 });
      if (status !== null) statuses.set(identityOf(record), status);
    }
    before = page.next;
    if (before === null) break;
  }
  return { history: history.sort((a, b) => a.receipt - b.receipt || a.record.serial - b.record.serial), statuses };
}

/** @param from begin of the first operating day @param until end of the last */
export function settlingOf(fates: readonly TornTapFate[], from: Time, until: Time): SettlingFigures {
  const within = fates.filter(({ note }) => note.record.time >= from && note.record.time < until);
  const delaysMs = Object.fromEntries(
    EVIDENCE_STEPS.map((step) => {
      const delays = within.flatMap(({ note, settled }) => {
        const { at } = settled[step];
        return at === null ? [] : [at - note.record.time];
      });
      return [step, delays.sort((a, b) => a - b)];
    }),
  ) as Record<EvidenceStep, number[]>;
  const all = delaysMs.retap;
  return {
    torn: within.length,
    withinDay: all.filter((delay) => delay <= DAY).length,
    afterTenDays: all.filter((delay) => delay > 10 * DAY).length,
    never: within.length - all.length,
    delaysMs,
    disagreeing: fates.filter(({ status, settled }) => status !== null && status !== settled.retap.status).length,
  };
}

/** What the centre had and could not settle, at each look. */
export function doubtAt(fates: readonly TornTapFate[], looks: readonly Time[]): DoubtPoint[] {
  return looks.map((at) => {
    const open = fates.filter(
      ({ arrivedAt, settled }) => arrivedAt !== null && arrivedAt <= at && (settled.retap.at ?? Infinity) > at,
    );
    const amount = open.reduce((sum, { note }) => sum + Math.abs(note.record.amount), 0);
    return { at, count: open.length, amount: amountOf(amount) };
  });
}

/** @param statuses of the torn taps, by identity, as the centre's report has them */
export function confusionOf(tally: Tally, statuses: ReadonlyMap<string, CommitStatus>): Confusion {
  const none = () => ({ committed: 0, not: 0 });
  const confusion = { successful: none(), unsuccessful: none(), unverified: none() };
  for (const [identity, { committed }] of tally.torn) {
    const status = statuses.get(identity);
    if (status !== undefined) confusion[status][committed ? 'committed' : 'not'] += 1;
  }
  return confusion;
}
