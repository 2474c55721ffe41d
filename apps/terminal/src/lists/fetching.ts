/** Fetches the lists in the background, and tells the centre which are held. No network is normal: nothing waits for it. */
import type { Identity } from '@retap/keys';
import type { TerminalNumber, Time } from '@retap/model';
import {
  DELTA_CONTENT_TYPE,
  DELTA_KINDS,
  encodeHeldLists,
  LIST_BYTES_MAX,
  LIST_CONTENT_TYPE,
  LIST_KINDS,
  type ListKind,
} from '@retap/protocol';
import { askCentre } from '../centre.ts';
import { faultFields, type Log } from '../log.ts';
import type { Pause } from '../pause.ts';
import type { HeldLists } from './held-lists.ts';

/** How long a list may take to come. */
const ANSWER_MS = 60_000;
/** What is held is said again so often, also where nothing changed: the centre may have forgotten it. */
const SAY_MS = 3_600_000;

export interface FetchingOptions {
  readonly centre: string;
  readonly terminal: TerminalNumber;
  readonly lists: HeldLists;
  readonly identity: Identity;
  readonly now: () => Time;
  /** Pause between two rounds, in milliseconds. */
  readonly every: number;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly pause: Pause;
  /** Another version is held. */
  readonly onTaken: () => void;
  readonly log: Log;
}

/** Until it is told to stop. */
export async function keepFetching(options: FetchingOptions): Promise<void> {
  const { every, lists, now, random, signal, pause } = options;
  /** Why each list was not taken last, so that the log says it once. */
  const refused = new Map<ListKind, string>();
  const said = { versions: '', at: 0 };
  while (!signal.aborted) {
    for (const kind of LIST_KINDS) if (!signal.aborted) await fetchList(kind, options, refused);
    const versions = JSON.stringify(lists.versions);
    if (said.versions !== versions || Math.abs(now() - said.at) >= SAY_MS) {
      if (!signal.aborted && (await say(options))) Object.assign(said, { versions, at: now() });
    }
    // Not all of a fleet at once, that was switched on together.
    await pause.for(every * (0.75 + random() / 2));
  }
}

async function fetchList(kind: ListKind, options: FetchingOptions, refused: Map<ListKind, string>): Promise<void> {
  const { lists, signal, onTaken, log } = options;
  const from = lists.versions[kind];
  const note = (why: string): void => {
    if (refused.get(kind) !== why) log('warn', 'list-refused', { kind, why, held: from });
    refused.set(kind, why);
  };
  try {
    let answer = await newerList(kind, options, from > 0 && isDeltaKind(kind));
    if (answer?.isDelta) {
      const outcome = await lists.takeDelta(kind, answer.bytes);
      if (outcome === 'taken') {
        log('info', 'list-taken', { kind, version: lists.versions[kind], from });
        refused.delete(kind);
        return onTaken();
      }
      note(outcome);
      // Whatever is wrong with the difference, the whole list is what it was made of.
      answer = await newerList(kind, options, false);
    }
    if (answer === null) return;
    const outcome = await lists.take(kind, answer.bytes);
    if (outcome === 'taken') {
      log('info', 'list-taken', { kind, version: lists.versions[kind] });
      onTaken();
    }
    if (outcome === 'taken' || outcome === 'unchanged') refused.delete(kind);
    else note(outcome);
  } catch (error) {
    // fetch says only that it failed; why is in its cause.
    if (!signal.aborted) log('info', 'list-fault', { kind, ...faultFields((error as Error).cause ?? error) });
  }
}

function isDeltaKind(kind: ListKind): boolean {
  return DELTA_KINDS.some((each) => each === kind);
}

interface Answer {
  readonly bytes: Uint8Array;
  readonly isDelta: boolean;
}

/** Null where the centre has no other than the one held. @param takesDelta a centre that knows no differences gives the whole list */
async function newerList(
  kind: ListKind,
  { centre, lists, signal }: FetchingOptions,
  takesDelta: boolean,
): Promise<Answer | null> {
  const held = lists.versions[kind];
  const path = `lists/${kind}${takesDelta ? `?from=${held}` : ''}`;
  const answer = await fetch(new URL(path, centre.endsWith('/') ? centre : `${centre}/`), {
    headers: held === 0 ? {} : { 'if-none-match': `"${held}"` },
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    // A redirect would ask somebody whom the operator did not name.
    redirect: 'error',
  });
  if (answer.status === 200) {
    const isDelta = answer.headers.get('content-type') === DELTA_CONTENT_TYPE;
    return { bytes: await bytesOf(answer), isDelta };
  }
  await answer.body?.cancel();
  // 404: none was published, or the centre is older than lists.
  if (answer.status === 304 || answer.status === 404) return null;
  throw new Error(`the centre answered with status ${answer.status}`);
}

async function bytesOf(answer: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LIST_BYTES_MAX) throw new Error(`a list of more than ${LIST_BYTES_MAX} bytes`);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}

async function say({ centre, terminal, lists, identity, now, signal, log }: FetchingOptions): Promise<boolean> {
  const statement = { terminal, saidAt: now(), versions: lists.versions };
  const body = await encodeHeldLists(statement, (bytes) => identity.sign(bytes));
  const answer = await askCentre({ centre, path: 'lists/held', contentType: LIST_CONTENT_TYPE, body, signal });
  if (answer.kind === 'done') return true;
  if (answer.kind === 'refused') log('info', 'lists-not-acknowledged', { status: answer.status, code: answer.code });
  return false;
}
