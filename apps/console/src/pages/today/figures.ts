/** What is read off the answer to `GET /today`. */

export interface Minutes {
  readonly from: number;
  /** End of the business day. */
  readonly until: number;
  /** Transactions by the minute. */
  readonly counts: readonly number[];
}

export interface TodayAnswer {
  readonly at: number;
  readonly taps: { readonly today: Minutes; readonly before: Minutes; readonly lastDay: number } | null;
  readonly doubt: Readonly<Record<'all' | 'lastDay', { readonly count: number; readonly amount: number }>>;
  readonly queue: { readonly batches: number; readonly oldestMs: number | null };
  readonly terminals: Readonly<
    Record<'active' | 'silent' | 'silentMs' | 'clockOff' | 'licenceEnding' | 'licenceExpired' | 'withMissing', number>
  >;
  readonly cases: Readonly<Record<string, number>>;
  readonly news: { readonly last: number; readonly counts: Readonly<Record<string, number>> };
}

/** Figures a minute jump about; over so many minutes they are a line. */
export const SMOOTHED = 5;

/** Mean taps a minute over the {@link SMOOTHED} whole minutes before each place; the minute that has not ended is left out. */
export function rates({ counts }: Pick<Minutes, 'counts'>): readonly number[] {
  const found: number[] = [];
  for (let end = SMOOTHED; end <= counts.length; end += SMOOTHED) {
    found.push(counts.slice(end - SMOOTHED, end).reduce((sum, count) => sum + count, 0) / SMOOTHED);
  }
  return found;
}

/** Now, and at the same time a week ago. */
export function ratesNow({ today, before }: NonNullable<TodayAnswer['taps']>): {
  readonly now: number;
  readonly before: number;
} {
  // The last minute is under way, and much of it has not arrived.
  const end = Math.max(0, today.counts.length - 1);
  const mean = (counts: readonly number[]) => {
    const last = counts.slice(Math.max(0, end - SMOOTHED), end);
    return last.length === 0 ? 0 : last.reduce((sum, count) => sum + count, 0) / last.length;
  };
  return { now: mean(today.counts), before: mean(before.counts) };
}

export type Problem =
  | { readonly what: 'connection' }
  | { readonly what: 'queue'; readonly time: number }
  | {
      readonly what: 'alerts' | 'licence' | 'silent' | 'missing' | 'clock' | 'ending';
      readonly count: number;
    };

/** Records wait for seconds while all is well; for so long only where nobody reconciles, in milliseconds. */
const QUEUE_LATE_MS = 60_000;

/** What somebody should look at, the gravest first. */
export function problemsOf(answer: TodayAnswer, isConnected: boolean): readonly Problem[] {
  const { queue, terminals, cases } = answer;
  const counted = [
    { what: 'alerts', count: cases.new ?? 0 },
    { what: 'licence', count: terminals.licenceExpired },
    { what: 'silent', count: terminals.silent },
    { what: 'missing', count: terminals.withMissing },
    { what: 'clock', count: terminals.clockOff },
    { what: 'ending', count: terminals.licenceEnding },
  ] as const;
  return [
    ...(isConnected ? [] : [{ what: 'connection' } as const]),
    ...((queue.oldestMs ?? 0) > QUEUE_LATE_MS ? [{ what: 'queue', time: queue.oldestMs ?? 0 } as const] : []),
    ...counted.filter(({ count }) => count > 0),
  ];
}

/** Sums by the hour, for who reads figures rather than curves. */
export function hourly({ from, counts }: Minutes): readonly { readonly from: number; readonly count: number }[] {
  const hours: { from: number; count: number }[] = [];
  for (let i = 0; i < counts.length; i += 60) {
    hours.push({ from: from + i * 60_000, count: counts.slice(i, i + 60).reduce((sum, count) => sum + count, 0) });
  }
  return hours;
}

const FAMILIES = {
  newsRaised: /^alert\.raised$/,
  newsCured: /^alert\.cured$/,
  newsWorked: /^alert\.(worked|changed)$/,
  newsQuarantined: /^batch\./,
  newsTerminals: /^terminal\./,
  newsLists: /^list\./,
  newsProposals: /^proposal\./,
  newsPeople: /^person\./,
} as const;
export type Family = keyof typeof FAMILIES;

/** Events by what they are about, those that there were. */
export function newsBy(counts: Readonly<Record<string, number>>): readonly (readonly [Family, number])[] {
  return (Object.keys(FAMILIES) as Family[])
    .map((family) => {
      const types = Object.entries(counts).filter(([type]) => FAMILIES[family].test(type));
      return [family, types.reduce((sum, [, count]) => sum + count, 0)] as const;
    })
    .filter(([, count]) => count > 0);
}
