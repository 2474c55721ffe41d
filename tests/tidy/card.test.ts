/** docs/card.md says what a card says of itself, and what its command can do. */
import { randomBytes } from 'node:crypto';
import {
  APPLICATION,
  channelOf,
  type FileView,
  issuerKeys,
  KEYS,
  MemoryCardMemory,
  personalise,
  SoftwareCard,
  toHex,
  viewCard,
} from '@retap/card';
import { issuerContents, SoftwareKeyStore, softwareKey } from '@retap/keys';
import { expect, test } from 'vitest';
import { createProgram } from '../../apps/cli/src/program.ts';
import type { Shell } from '../../apps/cli/src/shell.ts';
import { APPLICATION_NAME, LAST } from '../../packages/card/src/layout.ts';
import { read } from './repository.ts';

const text = read('docs/card.md');

/** Rows of the table whose heading begins with `title`, as cells without backticks. */
function rowsOf(title: string): string[][] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${title} |`));
  expect(start, title).toBeGreaterThan(0);
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.replaceAll('`', '').trim()),
  );
}

const keyName = (key: number | 'free' | 'never'): string => {
  if (key === 'free') return 'anyone';
  if (key === 'never') return 'nobody';
  return Object.entries(KEYS).find(([, number]) => number === key)?.[0] ?? '';
};

function sizeOf({ kind, bytes, recordsMax }: FileView): string {
  if (kind === 'value') return 'between the limits';
  if (kind === 'transaction-mac') return '12 bytes';
  return recordsMax === undefined ? `${bytes} bytes` : `${recordsMax} × ${bytes} bytes`;
}

test('the files, as a personalised card tells them', async () => {
  const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
  const options = { memory: new MemoryCardMemory(), keyOfValue: softwareKey, random, uid: random(7) };
  const channel = channelOf(SoftwareCard.blank(options));
  const keys = issuerKeys(new SoftwareKeyStore('', '', issuerContents(random)));
  const limits = { minimumBalance: 0, maximumBalance: 50_000 };
  expect(await personalise({ channel, keys, keyOfValue: softwareKey, random, limits })).toBe('personalised');
  const view = await viewCard(channel);
  if (typeof view === 'string') throw new Error(view);
  const files = view.account?.files.map((file) => {
    const { read: readBy, write, readWrite, change } = file.rights;
    return [String(file.number), file.kind, sizeOf(file), ...[readBy, write, readWrite, change].map(keyName)];
  });
  expect(rowsOf('file').map(([number, type, size, _content, ...rights]) => [number, type, size, ...rights])).toEqual(
    files,
  );
});

test('the application and its keys', () => {
  expect(text).toContain(`AID \`${toHex(APPLICATION)}\``);
  expect(text).toContain(`name \`${toHex(APPLICATION_NAME)}\``);
  const select = [0x00, 0xa4, 0x04, 0x0c, APPLICATION_NAME.length, ...APPLICATION_NAME];
  expect(text).toContain(select.map((byte) => toHex(Uint8Array.of(byte))).join(':'));
  const keys = rowsOf('key').map(([number, meaning = '']) => [meaning.split(':')[0], Number(number)]);
  expect(Object.fromEntries(keys)).toEqual(KEYS);
});

test('the last transaction, byte by byte', () => {
  const fields = rowsOf('last transaction').map(([name = '', from, bytes]) => ({
    name: name.split(',')[0] ?? '',
    from: Number(from),
    bytes: Number(bytes),
  }));
  for (const { name, from } of fields) expect([name, LAST[name as keyof typeof LAST]]).toEqual([name, from]);
  const ends = fields.map(({ from, bytes }) => from + bytes);
  expect(ends).toEqual([...fields.slice(1).map(({ from }) => from), LAST.endWithAction]);
});

test('every command of retap card, and no other', async () => {
  const program = await createProgram('card', {} as Shell, () => {});
  const card = program.commands.find((command) => command.name() === 'card');
  const commands = card?.commands.map((command) => {
    const files = command.registeredArguments.map((argument) => argument.name().toUpperCase());
    return [command.name(), ...files].join(' ');
  });
  expect(rowsOf('command').map(([command]) => command)).toEqual(commands);
});
