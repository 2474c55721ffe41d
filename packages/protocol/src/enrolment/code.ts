/**
 * Enrolment codes: what an operator reads out to whoever stands at the device, `0A1B-2C3D-4E5F-6G7H-8J9K`. 18 random letters
 * (90 bits) and two that tell a slip: each letter that was misread and each two that changed places are found, and of
 * whatever else goes wrong all but a thousandth.
 */

/** Crockford's base 32: no I, L, O, U, which are taken for 1, 0 and V. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM_LETTERS = 18;
const GROUP = 4;
/** Prime, and below 32²: 32 is no divisor, so no change of one letter, or of the order of two, leaves the rest alone. */
const MODULUS = 1021;

/** Random bytes that {@link enrolmentCode} takes: one a letter, of which five bits count. */
export const ENROLMENT_CODE_BYTES = RANDOM_LETTERS;

/** @param random as many bytes as {@link ENROLMENT_CODE_BYTES}, which nobody can foresee */
export function enrolmentCode(random: Uint8Array): string {
  if (random.length !== RANDOM_LETTERS) throw new RangeError(`${random.length} random bytes, not ${RANDOM_LETTERS}`);
  const letters = Array.from(random, (byte) => LETTERS[byte % 32]).join('');
  const check = checkOf(letters);
  return grouped(letters + LETTERS[check >> 5] + LETTERS[check % 32]);
}

/** The code as it was made, from how someone typed it: in any case, grouped in any way, with O for 0 and I or L for 1. Null: a slip. */
export function parseEnrolmentCode(typed: string): string | null {
  const letters = typed
    .toUpperCase()
    .replace(/[\s.-]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  if (letters.length !== RANDOM_LETTERS + 2 || [...letters].some((letter) => !LETTERS.includes(letter))) return null;
  const [high, low] = [...letters.slice(RANDOM_LETTERS)].map((letter) => LETTERS.indexOf(letter));
  return checkOf(letters.slice(0, RANDOM_LETTERS)) === (high as number) * 32 + (low as number)
    ? grouped(letters)
    : null;
}

/** What the digest of a code is taken of, by SHA-256: the centre stores no more of it, and the device signs it. */
export function enrolmentCodeBytes(code: string): Uint8Array<ArrayBuffer> {
  const parsed = parseEnrolmentCode(code);
  if (parsed === null) throw new RangeError('not an enrolment code');
  return new TextEncoder().encode(`retap enrolment code ${parsed}`);
}

function checkOf(letters: string): number {
  // check = Σ letter(i) · 32^(17−i) mod 1021
  return [...letters].reduce((rest, letter) => (rest * 32 + LETTERS.indexOf(letter)) % MODULUS, 0);
}

function grouped(letters: string): string {
  return (letters.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join('-');
}
