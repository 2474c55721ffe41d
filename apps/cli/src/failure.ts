/** Errors as a person reads them: what, where, what to do; a stack trace only for those who ask for it. */
import { Interrupted } from './shell.ts';
import { printable } from './text.ts';

/** What was asked for cannot be done; the message says why and what would do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly code = 'usage';
}

/** Several faults that were found together, each with its message. */
export class Faults extends Error {
  override readonly name = 'Faults';
  readonly code = 'faults';
  readonly messages: readonly string[];

  constructor(messages: readonly string[]) {
    super(messages.join('\n'));
    this.messages = messages;
  }
}

/** What to do about faults of the operating system, whose own messages only say what. */
const ADVICE: Readonly<Record<string, string>> = {
  EACCES: 'this user may not; choose another place or change its permissions',
  EPERM: 'this user may not; choose another place or change its permissions',
  ENOSPC: 'the disk is full; make room and run it again',
  EROFS: 'it is on a read-only file system; choose another place',
  EMFILE: 'too many files are open; raise the limit of open files (ulimit -n)',
  ENOENT: 'no such file or directory; check the name',
  ENOTDIR: 'a part of the path is no directory; check the name',
  EISDIR: 'it is a directory; name a file',
  ECONNREFUSED: 'nothing answers there; is the database running?',
  ECONNRESET: 'the connection broke; is the database still running?',
};

/** What pg says, without a code, when PostgreSQL goes away in the middle. */
const LINK_BROKEN = /^Connection terminated|^timeout exceeded when trying to connect/;

/** The lines for standard error. */
export function explain(error: unknown, debug: boolean): string {
  const lines = linesOf(error).map((line) => `retap: ${printable(line)}\n`);
  if (debug && error instanceof Error) lines.push(`${error.stack ?? ''}\n`);
  return lines.join('');
}

function linesOf(error: unknown): readonly string[] {
  if (error instanceof Faults) return error.messages;
  const code = codeOf(error);
  if (error instanceof Error && LINK_BROKEN.test(error.message)) {
    return [`the connection to the database broke (${error.message}); see that it runs, and run this again`];
  }
  if (!(error instanceof Error) || code === null) {
    return [`this is a mistake in retap itself: ${String((error as Error)?.message ?? error)}`, REPORT];
  }
  const advice = ADVICE[code];
  const { path } = error as NodeJS.ErrnoException;
  if (advice === undefined) return [error.message];
  return [`${path ?? error.message}: ${advice}`];
}

const REPORT = 'Please report it with what you ran; RETAP_DEBUG=1 shows where it happened.';

/** The stable code of a fault of the world; null for our own mistakes (Node's own codes for wrong arguments too). */
function codeOf(error: unknown): string | null {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && !code.startsWith('ERR_') ? code : null;
}

/** Whether nothing needs to be said: the reader of our output has gone, or someone pressed Ctrl-C. */
export function isQuiet(error: unknown): boolean {
  return error instanceof Interrupted || codeOf(error) === 'EPIPE';
}
