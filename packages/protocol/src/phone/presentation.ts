/** What a phone shows with a ticket: how its account stands just now, signed, so that a picture of another's screen is old soon. */
import { type Amount, amountOf, type TerminalNumber, type Time } from '@retap/model';
import { ProtocolError } from '../error.ts';
import type { Cbor } from '../signed/cbor.ts';
import type { Sign } from '../signed/cose.ts';
import type { Sign1Form } from '../signed/sign1.ts';
import { isWhole, NUMBER_MAX, TIME_MAX } from '../signed/whole.ts';
import { encodeSignedList, openSignedList } from './signed-list.ts';

export interface Presentation {
  readonly terminal: TerminalNumber;
  /** By the phone's clock. */
  readonly time: Time;
  readonly productId: string;
  readonly uses: number;
  /** L, Z, W and the commit counter of the account: whoever looks records them as an observation. */
  readonly lastTime: Time;
  readonly lastTerminal: TerminalNumber;
  readonly balance: Amount;
  readonly mediumSerial: number;
}

export interface OpenedPresentation {
  readonly presentation: Presentation;
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

const VERSION = 1;
const NAME = /^[0-9A-Za-z._-]{1,64}$/;
const AMOUNT_MAX = 2 ** 40;
const FORM: Sign1Form = { context: 'retap presentation 1', hasKeyName: true, bytesMax: 512 };

export function encodePresentation(shown: Presentation, sign: Sign): Promise<Uint8Array<ArrayBuffer>> {
  const { terminal, time, productId, uses, lastTime, lastTerminal, balance, mediumSerial } = shown;
  const fields = [VERSION, time, productId, uses, lastTime, lastTerminal, balance, mediumSerial];
  return encodeSignedList(FORM, terminal, fields, sign);
}

/** @throws ProtocolError `presentation-malformed` */
export function openPresentation(bytes: Uint8Array): OpenedPresentation {
  const opened = openSignedList(FORM, bytes);
  const presentation = opened && presentationIn(opened.keyName, opened.fields);
  if (!opened || !presentation) throw new ProtocolError('presentation-malformed', 'not a ticket as a phone shows it');
  const { toBeSigned, signature } = opened;
  return { presentation, toBeSigned, signature };
}

function presentationIn(terminal: number, fields: readonly Cbor[]): Presentation | null {
  const [version, time, productId, uses, lastTime, lastTerminal, balance, mediumSerial, ...more] = fields;
  const isPresentation =
    version === VERSION &&
    isWhole(terminal, 1, NUMBER_MAX) &&
    isWhole(time, 0, TIME_MAX) &&
    typeof productId === 'string' &&
    NAME.test(productId) &&
    isWhole(uses, 0, NUMBER_MAX) &&
    isWhole(lastTime, 0, TIME_MAX) &&
    isWhole(lastTerminal, 1, NUMBER_MAX) &&
    isWhole(balance, -AMOUNT_MAX, AMOUNT_MAX) &&
    isWhole(mediumSerial, 0, NUMBER_MAX) &&
    more.length === 0;
  if (!isPresentation) return null;
  return { terminal, time, productId, uses, lastTime, lastTerminal, balance: amountOf(balance), mediumSerial };
}
