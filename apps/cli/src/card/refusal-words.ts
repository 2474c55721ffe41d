/** Why a terminal did nothing, for a person at the command line. */
import type { Refusal } from '@retap/terminal';

export const REFUSAL_WORDS: Readonly<Record<Refusal, string>> = {
  'out-of-service': 'the journal failed; see that its disk has room and can be written',
  'clock-not-set': 'the clock is not set',
  'clock-turned-back': 'the clock is behind the last record of the journal; set it',
  'licence-expired': 'the licence of this terminal has expired; renew it by: retap terminal renew',
  busy: 'another card is being served',
  'serials-used-up': 'the serial numbers of this terminal are used up; enrol another number',
  'unsent-limit': 'too much waits for the centre; send it',
  'key-missing': 'the key store has no key for it; a refill needs one of role refill',
  unreadable: 'the card left before all of it was read',
  'medium-foreign': "these are not the card's keys, or it has no application of ours; name a key store of its issuer",
  'medium-blank': 'the card has no account',
  'medium-inconsistent': "the card's files contradict each other",
  'medium-denied': 'the card is on the deny list',
  'medium-blocked': 'the card is blocked',
  'clock-behind': "the card's last transaction is later than this clock; set the clock",
  'amount-out-of-range': 'the amount is beyond what is allowed; see --maximum-balance',
  'tap-limit': 'more than one tap may take',
  'day-limit': 'more than a card may have in a day',
  'product-too-large':
    'the product does not fit a card: its code has up to 16 letters, digits, ".", "-" or "_", its uses are at most 65535',
  'product-missing': 'the card has no such product',
  'product-not-valid': 'the card has such a product, and it is not valid now',
  'products-full': 'the card has no room for another product',
  'insufficient-balance': 'the balance is too low',
  'balance-limit': 'the balance would be above --maximum-balance',
  'medium-used-up': 'the card can count no further transaction',
  'journal-full': 'the disk of the journal is full; make room',
};
