/**
 * AuthenticateEV2First and NonFirst, the card's end (MF2DLHX0 section 9.1.5):
 *
 *     open ──71, 77──▶ challenged ──AF, RndA and RndB′ fit──▶ authenticated ──71, 77──▶ challenged …
 *      ▲                   │ else: 91AE                              │
 *      └───────────────────┴──── select, refused command, reset ─────┘
 *
 * First begins a session: a new TI, CmdCtr 0. NonFirst keeps TI and CmdCtr of the session it replaces, and needs one.
 */
import { concat, isEqual } from '../bytes.ts';
import { sessionKeys, ZERO_IV } from '../messaging.ts';
import type { AesKey, KeyOfValue, RandomBytes } from '../port.ts';
import type { SecureSession } from './secure-messaging.ts';
import type { CardKey } from './state.ts';
import type { Refusal } from './status.ts';

export const AUTHENTICATE_FIRST = 0x71;
export const AUTHENTICATE_NON_FIRST = 0x77;

const NONCE_BYTES = 16;
const CAPABILITY_BYTES = 6;

/** The card has sent RndB and waits for the reader's proof. */
export interface Challenged {
  readonly kind: 'authentication';
  readonly keyNumber: number;
  readonly key: CardKey;
  /** RndB */
  readonly nonce: Uint8Array;
  /** What the reader says it can do, echoed: 6 bytes. */
  readonly capabilities: Uint8Array;
  /** What goes on: null begins anew. */
  readonly continued: { readonly transaction: Uint8Array; readonly counter: number } | null;
}

/** The first half: which key, RndB encrypted. @param data first: key number 1, length 1, capabilities; non-first: key number 1 */
export function challenge(
  code: number,
  data: Uint8Array,
  keys: readonly CardKey[],
  session: SecureSession | null,
  random: RandomBytes,
): Challenged | Refusal {
  const isFirst = code === AUTHENTICATE_FIRST;
  const [keyNumber = 0, capabilityBytes = 0] = data;
  const expected = isFirst ? 2 + capabilityBytes : 1;
  if (data.length !== expected || capabilityBytes > CAPABILITY_BYTES) return 'length-error';
  if (!isFirst && session === null) return 'permission-denied';
  const key = keys[keyNumber];
  if (key === undefined) return 'no-such-key';
  const capabilities = new Uint8Array(CAPABILITY_BYTES);
  if (isFirst) capabilities.set(data.subarray(2));
  const continued =
    isFirst || session === null ? null : { transaction: session.keys.transaction, counter: session.counter };
  return { kind: 'authentication', keyNumber, key, nonce: random(NONCE_BYTES), capabilities, continued };
}

/** What the first half answers: E(Kx, RndB) */
export function encryptedNonce(challenged: Challenged, keyOfValue: KeyOfValue): Uint8Array {
  return withKey(challenged, keyOfValue, (key) => key.encrypt(ZERO_IV, challenged.nonce));
}

/** The second half: the session, and what the card answers. @param data E(Kx, RndA ‖ RndB′) */
export function authenticate(
  challenged: Challenged,
  data: Uint8Array,
  keyOfValue: KeyOfValue,
  random: RandomBytes,
): { session: SecureSession; answer: Uint8Array } | Refusal {
  if (data.length !== 2 * NONCE_BYTES) return 'length-error';
  return withKey(challenged, keyOfValue, (key) => {
    const proof = key.decrypt(ZERO_IV, data);
    const a = proof.slice(0, NONCE_BYTES);
    // RndB′ = RndB rotated left by one byte
    if (!isEqual(proof.subarray(NONCE_BYTES), rotated(challenged.nonce))) return 'authentication-error';
    const { continued } = challenged;
    const transaction = continued?.transaction ?? random(4);
    const keys = { ...sessionKeys(key, a, challenged.nonce), transaction };
    const session = { keyNumber: challenged.keyNumber, keys, counter: continued?.counter ?? 0 };
    // First: E(Kx, TI ‖ RndA′ ‖ PDcap2 ‖ PCDcap2); non-first: E(Kx, RndA′)
    const capabilities = concat(new Uint8Array(CAPABILITY_BYTES), challenged.capabilities);
    const plain = continued === null ? concat(transaction, rotated(a), capabilities) : rotated(a);
    return { session, answer: key.encrypt(ZERO_IV, plain) };
  });
}

function withKey<T>({ key }: Challenged, keyOfValue: KeyOfValue, use: (key: AesKey) => T): T {
  const used = keyOfValue(key.value);
  const result = use(used);
  used.discard();
  return result;
}

function rotated(nonce: Uint8Array): Uint8Array {
  return concat(nonce.subarray(1), nonce.subarray(0, 1));
}
