/** A list of values signed under a name of its own: what certificates, requests, orders and words of phones have in common. */
import { type Cbor, decodeCbor, encodeCbor, isArray } from '../signed/cbor.ts';
import type { Sign } from '../signed/cose.ts';
import { encodeSign1, openSign1, type Sign1Form } from '../signed/sign1.ts';

export interface SignedList {
  /** Whose key is said to have signed: a phone's number; 0 for the centre. */
  readonly keyName: number;
  readonly fields: readonly Cbor[];
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

export function encodeSignedList(
  form: Sign1Form,
  keyName: number,
  fields: readonly Cbor[],
  sign: Sign,
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeSign1(form, keyName, encodeCbor(fields), sign);
}

/** Null where the bytes are not of that form. Whether the signature is good is for whoever has the key. */
export function openSignedList(form: Sign1Form, bytes: Uint8Array): SignedList | null {
  const opened = openSign1(form, bytes);
  if (opened === null) return null;
  const fields = decodeCbor(opened.payload)?.value;
  if (!isArray(fields)) return null;
  const { keyName, toBeSigned, signature } = opened;
  return { keyName, fields, toBeSigned, signature };
}
