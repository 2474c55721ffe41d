/**
 * What the paper's text states of December 2015 (Rulić, Kotnik, Klampfer, Chowdhury 2017), and nothing else: no figure is read
 * off a picture. 226 times the 22 workdays is more than 4,775 for the whole month, so both cannot be met exactly.
 */
import type { Figures } from './figures.ts';

const PAPER_KEYS = [
  'accounts',
  'terminals',
  'workdayLeast',
  'batches',
  'cutOff',
  'cutOffShare',
  'tornAWorkday',
  'torn',
  'settledAfterTenDays',
  'cardMs',
  'phoneMs',
] as const;
export type PaperKey = (typeof PAPER_KEYS)[number];

export interface Comparison {
  readonly key: PaperKey;
  /** Counted in this run, before it is scaled up. */
  readonly counted: number;
  /** At scale 1. */
  readonly ours: number;
  readonly paper: number;
  /** Of the paper's figure; null where the paper gives a bound. */
  readonly difference: number | null;
  /** Within 5 %, or on the right side of the bound. */
  readonly isMet: boolean;
}

const STATED: Readonly<Record<PaperKey, number>> = {
  accounts: 860_000,
  terminals: 1600,
  workdayLeast: 200_000,
  batches: 1_319_516,
  cutOff: 26_015,
  cutOffShare: 0.02,
  tornAWorkday: 226,
  torn: 4775,
  settledAfterTenDays: 257,
  cardMs: 1000 / 3,
  phoneMs: 1000,
};

/** What does not grow with the city. */
const UNSCALED: ReadonlySet<PaperKey> = new Set(['cutOffShare', 'cardMs', 'phoneMs']);
const WITHIN = 0.05;

export function compared(figures: Omit<Figures, 'comparison'>): Comparison[] {
  const counted = countedOf(figures);
  return PAPER_KEYS.flatMap((key): Comparison[] => {
    const count = counted[key];
    if (count === null) return [];
    const ours = UNSCALED.has(key) ? count : count / figures.scale;
    const paper = STATED[key];
    if (key === 'workdayLeast') {
      return [{ key, counted: count, ours, paper, difference: null, isMet: ours > paper }];
    }
    const difference = ours / paper - 1;
    return [{ key, counted: count, ours, paper, difference, isMet: Math.abs(difference) <= WITHIN }];
  });
}

function countedOf({ size, days, settling, service }: Omit<Figures, 'comparison'>): Record<PaperKey, number | null> {
  const workdays = days.filter(({ kind }) => kind === 'workday');
  const sum = (name: 'batches' | 'cutOff' | 'torn', of = days): number =>
    of.reduce((total, day) => total + day[name], 0);
  const meanMs = (kind: string): number | null => service.find((each) => each.kind === kind)?.meanMs ?? null;
  return {
    accounts: size.accounts,
    terminals: size.terminals,
    workdayLeast: Math.min(...workdays.map(({ successful }) => successful)),
    batches: sum('batches'),
    cutOff: sum('cutOff'),
    cutOffShare: sum('cutOff') / sum('batches'),
    tornAWorkday: sum('torn', workdays) / workdays.length,
    torn: sum('torn'),
    settledAfterTenDays: settling.afterTenDays,
    cardMs: meanMs('card'),
    phoneMs: meanMs('phone'),
  };
}
