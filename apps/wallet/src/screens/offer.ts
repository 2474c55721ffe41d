/** What a merchant sells, as a request says it. */
import type { Product } from '@retap/model';
import type { Offer } from '../settings.ts';

const CODE_LENGTH_MAX = 64;

/** Null: nothing that is kept. @param now when it is sold */
export function productOf({ name, ticket }: Offer, now: number): Omit<Product, 'id'> | null {
  if (ticket === null) return null;
  return {
    code: codeOf(name),
    ...(ticket.validForMs !== null && { validFrom: now, validUntil: now + ticket.validForMs }),
    ...(ticket.uses !== null && { maxUses: ticket.uses }),
  };
}

/** `Day ticket Ž` → `Day-ticket-Z`: letters that every system has. */
function codeOf(name: string): string {
  const plain = name.normalize('NFD').replaceAll(/\p{M}/gu, '');
  const code = plain.replaceAll(/[^0-9A-Za-z._]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return code.slice(0, CODE_LENGTH_MAX) || 'ticket';
}
