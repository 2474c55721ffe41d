/** Why a phone is not registered, or a wish not granted, for people; phones have words of their own by the code. */
import type { PhoneRefusalCode, WishRefusalCode } from '@retap/central';

export const PHONE_WORDS: Readonly<Record<PhoneRefusalCode, string>> = {
  'signature-invalid': 'the signature is not by the key that asks',
  'enrolment-code-needed': 'this centre registers such phones by an invitation: ask the operator for a code',
  'enrolment-code-unknown': 'no such code was given out for a phone of this kind; ask the operator',
  'enrolment-code-expired': 'the code has expired; ask the operator for another one',
  'enrolment-code-used': 'the code was used, by another phone; ask the operator for another one, and who used this one',
  'recovery-code-used': 'another phone has this recovery code; have the phone make a new one',
  'phone-lost': 'this phone was said to be lost; register anew, and have its balance moved by the recovery code',
  'phone-suspended': 'this phone is suspended; ask the operator',
  'phone-revoked': 'this phone is revoked for ever; register anew',
  'phone-copied': 'two phones have signed by this key; ask the operator, and register anew',
  'phones-full': 'there are no numbers left; tell the operator',
  'phone-unknown': 'no phone has this number',
  'lost-already': 'it was said to be lost before',
  'list-full': 'the deny list is full; tell the operator',
};

export const WISH_WORDS: Readonly<Record<WishRefusalCode, string>> = {
  'phone-lost': PHONE_WORDS['phone-lost'],
  'phone-suspended': PHONE_WORDS['phone-suspended'],
  'phone-revoked': PHONE_WORDS['phone-revoked'],
  'phone-copied': PHONE_WORDS['phone-copied'],
  'top-up-closed': 'this centre loads nothing by the phone; ask the operator where value is loaded',
  'top-up-refused': 'a clerk has looked at it and said no, or nobody has looked for a week',
  'balance-limit': 'the account would hold more than it may',
  'payment-not-reclaimable': 'it is not certain yet that nobody took this payment, or it was taken',
  'payment-reclaimed': 'this payment was given back before',
  'move-code-unknown': 'this is the recovery code of no other phone',
  'balance-moved': 'the balance of that phone was moved before',
  'balance-empty': 'nothing is on the account of that phone',
  'list-full': 'too many orders wait at this centre; try again tomorrow',
  'wishes-exceeded': 'too many wishes in one day; try again tomorrow',
};

/** A wish that waits. */
export const WAITS = 'waits';
export const WAITS_WORDS = {
  person: 'somebody has to approve it; ask again later',
  time: 'it is too early: the lost phone may still pay, and others may bring what it paid',
} as const;
