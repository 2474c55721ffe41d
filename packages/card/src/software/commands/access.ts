/** Access rights of files: whose key may do what, and how it is then talked to. */
import type { CommMode } from '../../messaging.ts';
import type { SecureSession } from '../secure-messaging.ts';
import { type CardFile, fileOf } from '../state.ts';
import { isRefusal, type Refusal } from '../status.ts';
import type { CardContext } from './command.ts';

const FREE = 0xe;
const NEVER = 0xf;

/** Place of each right in the two bytes of access rights. */
const SHIFT = { read: 12, write: 8, readWrite: 4, change: 0 } as const;
export type Right = keyof typeof SHIFT;

export function rightOf(file: { readonly rights: number }, right: Right): number {
  return (file.rights >> SHIFT[right]) & 0xf;
}

/**
 * The mode in which any of the rights is granted. By a key: the file's mode. Where only a free right grants it: plain, even in
 * a session. Refused for ever where all are F, else until another key is authenticated.
 */
export function grantedMode(
  session: SecureSession | null,
  file: CardFile,
  rights: readonly Right[],
): CommMode | Refusal {
  const keys = rights.map((right) => rightOf(file, right));
  if (session !== null && keys.includes(session.keyNumber)) return file.mode;
  if (keys.includes(FREE)) return 'plain';
  return keys.every((key) => key === NEVER) ? 'permission-denied' : 'authentication-error';
}

/** The file of a kind in the selected application. */
export function targetFile<K extends CardFile['kind']>(
  card: CardContext,
  number: number,
  ...kinds: readonly K[]
): Extract<CardFile, { kind: K }> | Refusal {
  if (card.application === null) return 'permission-denied';
  const file = fileOf(card.application, number);
  if (file === undefined) return 'file-not-found';
  return isOfKind(file, kinds) ? file : 'permission-denied';
}

/** The mode of a command that needs any of the rights of a file of a kind. */
export function accessMode(
  card: CardContext,
  number: number,
  kinds: readonly CardFile['kind'][],
  rights: readonly Right[],
): CommMode | Refusal {
  const file = targetFile(card, number, ...kinds);
  return isRefusal(file) ? file : grantedMode(card.session, file, rights);
}

function isOfKind<K extends CardFile['kind']>(
  file: CardFile,
  kinds: readonly K[],
): file is Extract<CardFile, { kind: K }> {
  return (kinds as readonly string[]).includes(file.kind);
}
