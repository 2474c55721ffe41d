/** What stands in a key store file, in the form of `sealed-file.ts`. */
import { fromHex, KEY_PURPOSES, type RandomBytes, toHex } from '@retap/card';
import { JOURNAL_BYTES, KEY_ROLES, type KeyStoreContents, LAST_VERSION, MASTER_BYTES } from './contents.ts';
import { type Cost, isHex, openedText, parsedObject, sealedText } from './sealed-file.ts';

const FORMAT = 'retap key store 1';

/** The text of a key store file. */
export function sealedFile(
  contents: KeyStoreContents,
  passphrase: string,
  random: RandomBytes,
  cost?: Cost,
): Promise<string> {
  return sealedText(FORMAT, Buffer.from(textOf(contents)), passphrase, random, cost);
}

/** Why a file cannot be opened: `damaged` it is not what was written; `passphrase` it is not this one's. */
export async function openedFile(
  text: string,
  passphrase: string,
): Promise<KeyStoreContents | 'damaged' | 'passphrase'> {
  const plain = await openedText(FORMAT, text, passphrase);
  if (typeof plain === 'string') return plain;
  const contents = contentsOf(Buffer.from(plain.buffer, plain.byteOffset, plain.length).toString());
  plain.fill(0);
  return contents ?? 'damaged';
}

/** Its members always in this order, so that equal contents are equal bytes. */
function textOf({ role, masters, journal }: KeyStoreContents): string {
  return JSON.stringify({
    role,
    masters: masters.map(({ purpose, version, value }) => ({ purpose, version, value: toHex(value) })),
    journal: journal === null ? null : toHex(journal),
  });
}

function contentsOf(text: string): KeyStoreContents | null {
  const found = parsedObject(text);
  const role = KEY_ROLES.find((name) => name === found?.role);
  if (!found || !role || !Array.isArray(found.masters)) return null;
  const { journal } = found;
  if (journal !== null && !isHex(journal, JOURNAL_BYTES)) return null;
  const masters = found.masters.map((each: Record<string, unknown> | null) => {
    const purpose = KEY_PURPOSES.find((name) => name === each?.purpose);
    const version = Number.isInteger(each?.version) ? Number(each?.version) : -1;
    if (!purpose || version < 0 || version > LAST_VERSION || !isHex(each?.value, MASTER_BYTES)) return null;
    return { purpose, version, value: fromHex(each.value) };
  });
  const whole = masters.filter((master) => master !== null);
  if (whole.length < masters.length) return null;
  return { role, masters: whole, journal: journal === null ? null : fromHex(journal) };
}
