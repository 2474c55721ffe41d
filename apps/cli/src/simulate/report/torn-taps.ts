/** What became of every torn tap: when which evidence settled it, what was in doubt until then, and whether the centre is right. */
import { amountOf, type CommitStatus, identityOf, type Time } from '@retap/model';
import {
  EVIDENCE_STEPS,
  type EvidenceStep,
  type Settled,
  settledBy,
  type Tally,
  type TornNote,
} from '@retap/simulator';
import type { Confusion, DoubtPoint, SettlingFigures } from './figures.ts';

const DAY = 86_400_000;

export interface TornTapFate {
  readonly note: TornNote;
  /** When its own record reached the centre; null where it never did. */
  readonly arrivedAt: Time | null;
  readonly settled: Readonly<Record<EvidenceStep, Settled>>;
  /** What the centre says in the end; null where it never had the record. */
  readonly status: CommitStatus | null;
}

/** @param statuses of the torn taps, by identity, as the centre's report has them */
export function fatesOf(
  tally: Tally,
  statuses: ReadonlyMap<string, CommitStatus>,
  clockTolerance: number,
): TornTapFate[] {
  return [...tally.torn].map(([identity, note]) => {
    const history = tally.history(note.record.medium);
    const settled = Object.fromEntries(
      EVIDENCE_STEPS.map((step) => [step, settledBy(step, note, history, clockTolerance)]),
    ) as Record<EvidenceStep, Settled>;
    const own = history.find(({ record }) => identityOf(record) === identity);
    return { note, arrivedAt: own?.at ?? null, settled, status: statuses.get(identity) ?? null };
  });
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
