/** `retap people list` and `show`: who is known, and how each stands. */
import type { PersonEntry } from '@retap/central';
import type { DatabaseOption } from '../database.ts';
import type { Shell } from '../shell.ts';
import { type Column, formatCount, formatTime, printable, tableLines } from '../text.ts';
import type { NameOption } from './change.ts';
import { allowed, withPeople } from './people.ts';
import { TOKEN_COLUMNS, tokenRow } from './tokens.ts';

const COLUMNS: readonly Column[] = [
  { title: 'name' },
  { title: 'state' },
  { title: 'passkeys', numeric: true },
  { title: 'sessions', numeric: true },
  { title: 'last sign-in' },
  { title: 'link or code until' },
  { title: 'roles' },
];

export async function list(options: DatabaseOption, shell: Shell): Promise<void> {
  const people = await withPeople(options, shell, (found) => found.people());
  if (people.length === 0) {
    shell.stdout.write("nobody was invited; 'retap people invite' makes the link for somebody\n");
    return;
  }
  shell.stdout.write(`${tableLines(COLUMNS, people.map(rowOf)).join('\n')}\n`);
}

function rowOf({ name, state, passkeys, sessions, seenAt, entryUntil, roles }: PersonEntry): string[] {
  return [
    name,
    state,
    formatCount(passkeys),
    formatCount(sessions),
    timeOf(seenAt),
    timeOf(entryUntil),
    roles.join(' '),
  ];
}

export async function show(options: NameOption, shell: Shell): Promise<void> {
  const { name } = options;
  const found = await withPeople(options, shell, async (people) => ({
    person: await people.person(name),
    passkeys: await people.passkeys(name),
    sessions: await people.sessions(name),
    tokens: await people.tokens(name),
  }));
  const person = allowed(found.person ?? { refusal: 'person-unknown' as const }, name);
  const lines = [
    ['name', person.name],
    ['state', person.state],
    ['roles', person.roles.join(' ')],
    ['invited', timeOf(person.invitedAt)],
    ['last sign-in', timeOf(person.seenAt)],
    ['link or code', person.entryUntil === null ? '-' : `until ${timeOf(person.entryUntil)}`],
  ] as const;
  const passkeys = found.passkeys.map(({ id, label, addedAt, usedAt }) => [
    String(id),
    timeOf(addedAt),
    timeOf(usedAt),
    label,
  ]);
  const sessions = found.sessions.map(({ begunAt, seenAt, client }) => [timeOf(begunAt), timeOf(seenAt), client]);
  shell.stdout.write(`${lines.map(([word, text]) => `${word.padEnd(14)}${printable(text)}`).join('\n')}\n`);
  const tables = [
    [['passkey', 'added', 'used', 'label'].map((title) => ({ title })), passkeys],
    [['session since', 'seen', 'from'].map((title) => ({ title })), sessions],
    [TOKEN_COLUMNS, found.tokens.map(tokenRow)],
  ] as const;
  for (const [columns, rows] of tables) {
    if (rows.length > 0) shell.stdout.write(`\n${tableLines(columns, rows).join('\n')}\n`);
  }
}

function timeOf(time: number | null): string {
  return time === null ? '-' : formatTime(time);
}
