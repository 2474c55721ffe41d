/** The recovery code: who knows it may say that the phone is lost, and have its balance moved. 80 random bits in letters that are not mixed up. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'; // Crockford's
const GROUPS = 4;
const GROUP_LENGTH = 4;

/** `7K3M-…`: four groups of four. @param random 16 bytes */
export function recoveryCode(random: Uint8Array): string {
  return grouped([...random.slice(0, GROUPS * GROUP_LENGTH)].map((byte) => LETTERS.charAt(byte % 32)).join(''));
}

/** As it is written, from what a person typed; null where it can be none. */
export function recoveryCodeIn(text: string): string | null {
  const letters = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  const isCode = letters.length === GROUPS * GROUP_LENGTH && [...letters].every((letter) => LETTERS.includes(letter));
  return isCode ? grouped(letters) : null;
}

const grouped = (letters: string): string => letters.match(/.{4}/g)?.join('-') ?? letters;
