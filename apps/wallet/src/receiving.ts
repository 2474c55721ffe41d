/** What becomes of a message that was scanned, pasted or opened by a link: where to go, and what was kept. */
import type { Phone } from '@retap/phone';
import { openMessage, type PhoneMessage, ProtocolError } from '@retap/protocol';
import type { Place, Wanted } from './place.ts';

/** Of a kind of message, what may have been asked for where it was scanned. */
const FITS: Readonly<Record<PhoneMessage['kind'], readonly Wanted[]>> = {
  request: ['request'],
  // A refund is a payment that the shop makes: it comes where one pays.
  record: ['request', 'payment', 'receipt'],
  ticket: ['ticket'],
};

/** @param wanted null: by a link, which may be anything */
export async function received(phone: Phone, message: Uint8Array, wanted: Wanted | null): Promise<Place> {
  const kind = kindOf(message);
  if (kind === null) return { at: 'no', reason: 'unreadable', wanted };
  if (wanted !== null && !FITS[kind].includes(wanted)) return { at: 'no', reason: 'unexpected', wanted };
  if (kind === 'request') return { at: 'pay', message };
  if (kind === 'ticket') return { at: 'check', message };
  const outcome = await phone.take(message);
  switch (outcome.outcome) {
    case 'taken':
    case 'taken-already':
      return { at: 'yes', id: outcome.item.id, isNew: outcome.outcome === 'taken' };
    case 'receipt':
      return { at: 'item', id: outcome.item.id };
    case 'refused':
      return { at: 'no', reason: outcome.reason, wanted };
  }
}

function kindOf(message: Uint8Array): PhoneMessage['kind'] | null {
  try {
    return openMessage(message).kind;
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}
