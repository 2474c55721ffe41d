/** Asks the centre what time it is, in the background. No network is normal: nothing waits for it. */
import { type Identity, verifySignature } from '@retap/keys';
import type { TerminalNumber } from '@retap/model';
import {
  encodeTimeQuestion,
  openTimeAnswer,
  ProtocolError,
  TIME_CONTENT_TYPE,
  TIME_NONCE_BYTES,
} from '@retap/protocol';
import { delayAfter, type ExchangeRefusal } from '@retap/terminal';
import { askCentre, type CentreAnswer } from '../centre.ts';
import { faultFields, type Log } from '../log.ts';
import type { Pause } from '../pause.ts';
import type { TerminalClock } from './terminal-clock.ts';

/** Between two rounds, in milliseconds. In so long an oscillator of 50 ppm goes wrong by 15 ms. */
const EVERY_MS = 300_000;
/** Of a round: the first opens the connection, and so takes longer there than back. */
const QUESTIONS = 3;
/** Short enough for the connection to stay open. */
const BETWEEN_MS = 1_000;
const BACKOFF = { firstDelayMs: 5_000, delayMaxMs: EVERY_MS };

/** Why a question brought no time. */
type Unanswered =
  | ExchangeRefusal
  /** Nobody answered, or not to the end; or the centre said no. */
  | 'no-answer'
  /** No answer of the time at all. */
  | 'answer-malformed'
  /** Not signed by the centre that gave this terminal its licence. */
  | 'answer-forged'
  /** To another question. */
  | 'answer-replayed';

export interface AskingOptions {
  readonly centre: string;
  readonly terminal: TerminalNumber;
  readonly clock: TerminalClock;
  readonly monotonic: () => number;
  /** Who asks, and the public key of the centre; without it the answer could be anybody's, and sets no clock. */
  readonly enrolled: { readonly identity: Identity; readonly centre: () => Uint8Array | null } | null;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly pause: Pause;
  /** Something was measured. */
  readonly onMeasured: () => void;
  readonly log: Log;
}

/** Until it is told to stop. */
export async function keepAsking(options: AskingOptions): Promise<void> {
  const { random, signal, pause, log } = options;
  /** Why the last one brought nothing, so that the log says it once. */
  let why = '';
  let faults = 0;
  while (!signal.aborted) {
    const outcome = await askRound(options);
    if (signal.aborted) return;
    const reason = outcome === 'taken' ? '' : `${outcome.why} ${JSON.stringify(outcome.fields)}`;
    if (outcome !== 'taken' && reason !== why) log('warn', 'time-not-taken', { why: outcome.why, ...outcome.fields });
    why = reason;
    faults = outcome === 'taken' ? 0 : faults + 1;
    // Not all of a fleet at once, that lost the same network.
    await pause.for(faults > 0 ? delayAfter(faults, random, BACKOFF) : EVERY_MS * (0.75 + random() / 2));
  }
}

interface Fault {
  readonly why: Unanswered;
  readonly fields: Readonly<Record<string, string | number | null>>;
}
const fault = (why: Unanswered, fields: Fault['fields'] = {}): Fault => ({ why, fields });

/** Ended by the first question that brings nothing. */
async function askRound(options: AskingOptions): Promise<'taken' | Fault> {
  const { signal, pause, onMeasured } = options;
  for (let left = QUESTIONS; ; left -= 1) {
    const outcome = await askOnce(options);
    if (outcome !== 'taken') return outcome;
    onMeasured();
    if (left === 1 || signal.aborted) return 'taken';
    await pause.for(BETWEEN_MS);
  }
}

async function askOnce(options: AskingOptions): Promise<'taken' | Fault> {
  const { enrolled, clock } = options;
  const centre = enrolled?.centre() ?? null;
  // Who is enrolled and knows no centre has nobody to believe; what anybody says is shown and sets nothing.
  const heard = enrolled && centre ? await askSigned(options, enrolled.identity, centre) : await askPlain(options);
  if ('why' in heard) return heard;
  const taken = clock.take(heard.exchange, centre !== null);
  return taken === 'taken' ? taken : fault(taken);
}

interface Heard {
  readonly exchange: Parameters<TerminalClock['take']>[0];
}

async function askSigned(options: AskingOptions, identity: Identity, centreKey: Uint8Array): Promise<Heard | Fault> {
  const { terminal, clock, randomBytes, monotonic } = options;
  const nonce = randomBytes(TIME_NONCE_BYTES);
  const question = { terminal, nonce, report: clock.report() };
  const body = await encodeTimeQuestion(question, (bytes) => identity.sign(bytes));
  const askedAt = monotonic();
  const answer = await ask(options, { contentType: TIME_CONTENT_TYPE, body });
  const heardAt = monotonic();
  if (answer.kind !== 'done') return noAnswer(answer);
  try {
    const opened = openTimeAnswer(answer.body);
    if (!verifySignature(centreKey, opened.toBeSigned, opened.signature)) return fault('answer-forged');
    const { nonce: answered, receivedAt, answeredAt } = opened.answer;
    if (Buffer.compare(answered, nonce) !== 0) return fault('answer-replayed');
    return { exchange: { askedAt, receivedAt, answeredAt, heardAt } };
  } catch (error) {
    if (error instanceof ProtocolError) return fault('answer-malformed');
    throw error;
  }
}

async function askPlain(options: AskingOptions): Promise<Heard | Fault> {
  const { monotonic } = options;
  const askedAt = monotonic();
  const answer = await ask(options, null);
  const heardAt = monotonic();
  if (answer.kind !== 'done') return noAnswer(answer);
  try {
    const { receivedAt, answeredAt } = JSON.parse(Buffer.from(answer.body).toString());
    const areTimes = Number.isSafeInteger(receivedAt) && Number.isSafeInteger(answeredAt) && receivedAt <= answeredAt;
    return areTimes && receivedAt >= 0
      ? { exchange: { askedAt, receivedAt, answeredAt, heardAt } }
      : fault('answer-malformed');
  } catch {
    return fault('answer-malformed');
  }
}

function ask(
  { centre, signal }: AskingOptions,
  question: { readonly contentType: string; readonly body: Uint8Array } | null,
): Promise<CentreAnswer> {
  return askCentre({ centre, path: 'time', ...(question ?? { body: null }), signal });
}

function noAnswer(answer: Exclude<CentreAnswer, { readonly kind: 'done' }>): Fault {
  if (answer.kind === 'fault') return fault('no-answer', faultFields(answer.cause));
  return fault('no-answer', { status: answer.status, code: answer.code });
}
