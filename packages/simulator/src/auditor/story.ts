/** The story of one medium, in the language of the domain: what terminals wrote, what the card did, what the centre made of it. */
import type { JournalRecord, MediumName, Time } from '@retap/model';
import { type Chip, type Commit, type Insight, placeOf } from './insight.ts';
import type { Belief } from './sight.ts';

interface Line {
  readonly at: Time;
  readonly text: string;
}

/** Lines by time, then what the centre believes and what is true. @param belief null where it could not be asked */
export function storyOf(insight: Insight, medium: MediumName, belief: Belief | null): string[] {
  const records = recordsOf(insight, medium);
  const chips = insight.byMedium.get(medium) ?? [];
  const told = new Set(records.map(({ terminal, time }) => placeOf(terminal, time)));
  const lines: Line[] = records.map((record) => ({
    at: record.time,
    text: `${nameOf(record)} ${recordText(record, insight, chips)}`,
  }));
  for (const commit of chips.flatMap(({ commits }) => commits)) {
    const { terminal, time, amount } = commit;
    if (told.has(placeOf(terminal, time))) continue;
    lines.push({
      at: time,
      text: `T${terminal} no record of it; card${whichOf(commit.chip, chips)} committed ${amount}`,
    });
  }
  lines.sort((a, b) => a.at - b.at);
  return [
    ...lines.map(({ at, text }) => `${clockOf(at)} ${text}`),
    ...chips.map((chip) => truthOf(chip, chips)),
    ...believedOf(medium, belief),
  ];
}

function recordsOf(insight: Insight, medium: MediumName): JournalRecord[] {
  const found = new Map<string, JournalRecord>();
  for (const { made, arrived } of insight.journals.values()) {
    for (const record of [...made.values(), ...arrived.values()]) {
      if (record.medium === medium) found.set(nameOf(record), record);
    }
  }
  return [...found.values()];
}

function recordText(record: JournalRecord, insight: Insight, chips: readonly Chip[]): string {
  const arrivedAt = insight.arrivedAt.get(`${record.terminal}-${record.serial}`);
  const arrival = arrivedAt === undefined ? 'never arrived' : `arrived ${clockOf(arrivedAt)}`;
  if (record.type === 'observation') {
    return `observation: last commit T${record.lastTerminal} ${clockOf(record.lastTime)}, ${record.balance}; ${arrival}`;
  }
  const commit = insight.commits.get(placeOf(record.terminal, record.time));
  const card = commit ? `card${whichOf(commit.chip, chips)} committed, ${commit.balance} left` : 'card did not commit';
  return `${record.type} ${Math.abs(record.amount)} → ${record.status}, ${card}${forgedBefore(commit)}; ${arrival}`;
}

function forgedBefore(commit: Commit | undefined): string {
  return commit && commit.forged !== 0 ? ` (${commit.forged} were forged before it)` : '';
}

/** Nothing where there is one card. */
function whichOf(chip: Chip, chips: readonly Chip[]): string {
  return chips.length > 1 ? ` ${chips.indexOf(chip) + 1}` : '';
}

function truthOf(chip: Chip, chips: readonly Chip[]): string {
  const last = chip.commits.at(-1);
  const name = `card${whichOf(chip, chips)}${chip.isCopy ? ' (a copy)' : ''}`;
  if (last === undefined) return `true: ${name} never committed`;
  return `true: ${name} holds ${chip.account?.balance}, last commit T${last.terminal} ${clockOf(last.time)}`;
}

function believedOf(medium: MediumName, belief: Belief | null): string[] {
  if (belief === null) return ['believed: the centre could not be asked'];
  const account = belief.accounts.find((each) => each.medium === medium);
  if (account === undefined) return ['believed: the centre does not know the medium'];
  const { balance, lastTime, lastTerminal, synchronization } = account;
  const last = lastTime === null ? 'no commit' : `last commit T${lastTerminal} ${clockOf(lastTime)}`;
  const doubts = belief.transactions
    .filter((each) => each.medium === medium && each.status === 'unverified')
    .map(({ terminal, serial }) => `T${terminal}#${serial}`);
  return [
    `believed: ${balance}, ${last}`,
    ...(doubts.length > 0 ? [`believed: in doubt ${doubts.join(', ')}`] : []),
    ...synchronization.map(({ kind, amount, time }) => `believed: ${kind} of ${amount} at ${clockOf(time)}`),
    ...belief.alerts
      .filter((alert) => 'medium' in alert && alert.medium === medium)
      .map((alert) => `alert: ${JSON.stringify(alert)}`),
  ];
}

function nameOf({ terminal, serial }: JournalRecord): string {
  return `T${terminal}#${serial}`;
}

/** `03-02 12:04:11.203`, UTC. */
function clockOf(time: Time): string {
  return new Date(time).toISOString().slice(5, 23).replace('T', ' ');
}
