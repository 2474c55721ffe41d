/** The action list: what the operator wants done to a medium at its next tap, wherever that is. */
import { type Amount, amountOf, type MediumName, type Product, type TapRequest } from '@retap/model';

export const ACTION_KINDS = [
  /** Value loaded: bought online, or on a standing order. */
  'refill',
  /** Value given back. */
  'refund',
  /** A product loaded that was paid elsewhere. */
  'product',
  /** No transaction on this medium until it is unblocked, at no terminal of the city. */
  'block',
  'unblock',
] as const;
export type ActionKind = (typeof ACTION_KINDS)[number];

/**
 * One entry. `serial` counts 1, 2, 3, … per medium, and the medium keeps that of the last one carried out: a terminal carries
 * out only the next, so that one refund on 1,600 offline terminals is loaded once.
 */
export type Action = {
  readonly medium: MediumName;
  readonly serial: number;
} & (
  | { readonly kind: 'refill' | 'refund'; readonly amount: Amount }
  | { readonly kind: 'product'; readonly product: Omit<Product, 'id'> }
  | { readonly kind: 'block' | 'unblock' }
);

/** The entry of that serial for that medium; null where the list has none. */
export type ActionList = (medium: MediumName, serial: number) => Action | null;

/** The transaction that carries an action out (spec, "Records": there are four types). */
export function requestOf(action: Action): TapRequest {
  switch (action.kind) {
    case 'refill':
    case 'refund':
      return { type: 'refill', amount: action.amount };
    case 'product':
      return { type: 'purchase', price: amountOf(0), product: action.product };
    case 'block':
    case 'unblock':
      return { type: 'debit', amount: amountOf(0) };
  }
}

/** Whether a medium that is denied or blocked may have it. A blocked one takes nothing but the end of the block. */
export function isAllowed(
  action: Action,
  medium: { readonly isDenied: boolean; readonly isBlocked: boolean },
): boolean {
  if (medium.isBlocked) return action.kind === 'unblock';
  return action.kind !== 'unblock' && (!medium.isDenied || action.kind === 'block');
}
