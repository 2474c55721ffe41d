/** The licence that a terminal holds, in a file with the public key of the centre that gave it. */

import type { RandomBytes } from '@retap/card';
import { fingerprint, KeyStoreError, readPrivate, verifySignature, writePrivate } from '@retap/keys';
import type { TerminalNumber, Time } from '@retap/model';
import {
  encodeLicenceAnswer,
  type Licence,
  type LicenceAnswer,
  openLicence,
  ProtocolError,
  parseLicenceAnswer,
} from '@retap/protocol';
import { EnrolmentError } from './fault.ts';

/** Whom a licence must be of. */
export interface Holder {
  readonly terminal: TerminalNumber;
  readonly publicKey: Uint8Array;
}

/**
 * The licence in the centre's answer, held to the centre's key in it and to its holder.
 * @throws EnrolmentError `licence-forged`, `licence-foreign`
 */
function licenceIn({ licence: bytes, centre }: LicenceAnswer, holder: Holder): Licence {
  const { licence, toBeSigned, signature } = openedLicence(bytes);
  if (!verifySignature(centre, toBeSigned, signature)) {
    throw new EnrolmentError('licence-forged', 'the licence is not signed by the key of the centre that it came with');
  }
  if (licence.terminal !== holder.terminal) {
    const message = `the licence is of terminal ${licence.terminal}, not of ${holder.terminal}: see "terminal" in the configuration, and run it again`;
    throw new EnrolmentError('licence-foreign', message);
  }
  if (!sameKey(licence.publicKey, holder.publicKey)) {
    const message = `the licence is of another key of terminal ${licence.terminal}, not of the identity on this machine`;
    throw new EnrolmentError('licence-foreign', message);
  }
  return licence;
}

function openedLicence(bytes: Uint8Array): ReturnType<typeof openLicence> {
  try {
    return openLicence(bytes);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new EnrolmentError('licence-forged', cause.message, { cause });
  }
}

const sameKey = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** What stands in the file, and what it says. */
interface Held {
  readonly text: string;
  readonly answer: LicenceAnswer;
  readonly licence: Licence;
}

/** A terminal's licence, or that it has none yet. */
export class HeldLicence {
  readonly #file: string;
  readonly #holder: Holder;
  readonly #random: RandomBytes;
  #held: Held | null;

  private constructor(file: string, holder: Holder, random: RandomBytes, held: Held | null) {
    this.#file = file;
    this.#holder = holder;
    this.#random = random;
    this.#held = held;
  }

  /**
   * @param random for the name of a file that is not whole yet
   * @throws EnrolmentError `licence-forged`, `licence-foreign`; KeyStoreError where it may not be read, or others may
   */
  static async open(file: string, holder: Holder, random: RandomBytes): Promise<HeldLicence> {
    return new HeldLicence(file, holder, random, await heldIn(file, holder));
  }

  get licence(): Licence | null {
    return this.#held?.licence ?? null;
  }

  /** Public key of the centre that gave it. */
  get centre(): Uint8Array | null {
    return this.#held?.answer.centre ?? null;
  }

  isValid(now: Time): boolean {
    return this.#held !== null && now < this.#held.licence.expiresAt;
  }

  /**
   * Takes over what the centre answered, on disk before in memory. A licence that ends no later than the one that is held
   * changes nothing: a repeat of an old answer must not take time away.
   * @param centre how the centre was recognised; `as-before`: by its key, which must be the one of the licence held
   * @throws EnrolmentError `centre-foreign`, `licence-forged`, `licence-foreign`; KeyStoreError where it cannot be written
   */
  async take(answer: LicenceAnswer, centre: 'as-before' | 'by-fingerprint'): Promise<'taken' | 'unchanged'> {
    const licence = licenceIn(answer, this.#holder);
    // `retap terminal renew` may have written it while this process runs.
    const onDisk = await heldIn(this.#file, this.#holder);
    if (onDisk) this.#held = onDisk;
    const isSameCentre = this.centre === null || sameKey(this.centre, answer.centre);
    if (centre === 'as-before' && !isSameCentre) {
      const message = `the centre has another key than the one this terminal was enrolled by: its fingerprint is ${fingerprint(answer.centre)}. Where that is right, enrol with --centre-fingerprint`;
      throw new EnrolmentError('centre-foreign', message);
    }
    if (isSameCentre && this.#held && licence.expiresAt <= this.#held.licence.expiresAt) return 'unchanged';
    const text = `${new TextDecoder().decode(encodeLicenceAnswer(answer))}\n`;
    await writePrivate(this.#file, text, onDisk?.text ?? null, this.#random);
    this.#held = { text, answer, licence };
    return 'taken';
  }
}

async function heldIn(file: string, holder: Holder): Promise<Held | null> {
  let text: string;
  try {
    text = await readPrivate(file, 'licence');
  } catch (error) {
    if (error instanceof KeyStoreError && error.code === 'key-store-missing') return null;
    throw error;
  }
  try {
    const answer = parseLicenceAnswer(new TextEncoder().encode(text));
    return { text, answer, licence: licenceIn(answer, holder) };
  } catch (cause) {
    if (!(cause instanceof ProtocolError || cause instanceof EnrolmentError)) throw cause;
    const code = cause instanceof EnrolmentError ? cause.code : 'licence-forged';
    throw new EnrolmentError(code, `${file}: ${cause.message}; remove it, and enrol the terminal again`, { cause });
  }
}
