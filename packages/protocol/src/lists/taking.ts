/** What a terminal makes of a list that is said to be its centre's: never an older version than it held before. */
import type { Time } from '@retap/model';
import { ProtocolError } from '../error.ts';
import { sameBytes } from '../signed/cbor.ts';
import { openList } from './document.ts';
import type { List, ListKind } from './list.ts';

/** Why a list was not taken. */
export type ListRefusal =
  /** Not a list, cut off or damaged. */
  | 'list-malformed'
  /** Not signed by the centre that gave this terminal its licence. */
  | 'list-forged'
  /** Another one than was asked for. */
  | 'list-foreign'
  | 'list-expired'
  /** Older than what is held, or was. */
  | 'list-older'
  /** Another list of the version that is held. */
  | 'list-contradicts';

/** Whether the centre has signed it. */
export type VerifyCentre = (toBeSigned: Uint8Array, signature: Uint8Array) => boolean;

/** What a terminal knows of the list of a kind. */
export interface HeldVersion {
  readonly held: { readonly list: List; readonly bytes: Uint8Array } | null;
  /** The greatest version that it ever held; 0 where none. */
  readonly floor: number;
}

/** The list, where it is one of the centre and of the kind that was asked for. */
export function openedList(kind: ListKind, bytes: Uint8Array, verify: VerifyCentre): List | ListRefusal {
  try {
    const { list, toBeSigned, signature } = openList(bytes);
    if (!verify(toBeSigned, signature)) return 'list-forged';
    return list.kind === kind ? list : 'list-foreign';
  } catch (error) {
    if (error instanceof ProtocolError) return 'list-malformed';
    throw error;
  }
}

/**
 * Whether a list that was opened is to be taken over.
 * @param now by the terminal's clock
 */
export function listTaken(
  list: List,
  bytes: Uint8Array,
  { held, floor }: HeldVersion,
  now: Time,
): 'taken' | 'unchanged' | ListRefusal {
  if (list.version < floor) return 'list-older';
  if (held?.list.version === list.version) return sameBytes(held.bytes, bytes) ? 'unchanged' : 'list-contradicts';
  return list.expiresAt <= now ? 'list-expired' : 'taken';
}
