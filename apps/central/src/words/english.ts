import { ENGLISH_PEOPLE, ENGLISH_ROLES } from './people.ts';
import type { Words } from './words.ts';

export const ENGLISH: Words = {
  language: 'English',
  page: {
    title: 'Retap centre',
    languageLabel: 'Language',
  },
  proposals: {
    'deny.add': 'Deny a medium',
    'deny.remove': 'Serve a medium again',
    'action.order': 'Do something to a medium at its next tap',
    'limits.set': 'Replace the limits of offline terminals',
    'tariff.set': 'Replace the tariffs',
    'terminal.replace-key': 'Give a terminal a new key',
    'person.recover': 'Let somebody register another passkey',
  },
  caseStates: {
    'new': 'new',
    acknowledged: 'acknowledged',
    assigned: 'assigned',
    resolved: 'resolved',
    cured: 'cured',
  },
  caseSteps: {
    raised: 'the alert began to stand',
    changed: 'the alert changed: {alert}',
    cured: 'cured, {cure}',
    'raised-again': 'the alert stands again',
    acknowledged: 'acknowledged',
    assigned: 'assigned to {to}',
    resolved: 'resolved: {reason}',
    commented: 'comment: {text}',
  },
  cures: {
    record: 'record {record} arrived',
    records: 'records arrived (receipts {from} to {to})',
    time: 'its time has come',
    clock: 'the clock is right again, or counts no more',
  },
  types: {
    open: 'Opening',
    refill: 'Top up',
    debit: 'Pay',
    purchase: 'Buy',
    validation: 'Check in',
    observation: 'Observation',
  },
  people: ENGLISH_PEOPLE,
  roles: ENGLISH_ROLES,
  refusals: {},
  statuses: {
    successful: 'successful',
    unsuccessful: 'unsuccessful',
    unverified: 'in doubt',
    observed: 'seen',
  },
  synchronization: {
    gap: 'Gap: a transaction from {time} has not arrived. Unexplained credit: {amount}.',
    fork: 'Fork: this carries on from an earlier record than the one before it. Unexplained credit: {amount}.',
    mismatch: 'Mismatch: the balance does not follow from the record before. Unexplained credit: {amount}.',
  },
  proofs: {
    'proof-invalid': {
      title: 'False proof',
      sentence: 'The proof in record {record} is not that of medium {medium} for this transaction.',
      advice: 'The terminal invented or altered this record: take it out of service and look for its keys elsewhere.',
    },
    'proof-missing': {
      title: 'No proof',
      sentence: 'Record {record} says that medium {medium} committed, but has no proof of the card.',
      advice: 'Do not pay for this transaction before the card proves it. Check the terminal that reported it.',
    },
    'proof-contradiction': {
      title: 'Disproved by the card',
      sentence:
        'Record {record} counts, but a later proof of medium {medium} shows that it did not take place like this.',
      advice:
        'A terminal confirmed what never was: check the one that reported it and those that read the card after it.',
    },
    'proof-reader': {
      title: 'Another terminal before',
      sentence: 'In record {record}, medium {medium} was last used at another terminal than its proof says.',
      advice: 'This terminal altered what it read, or the one before committed under a false number: compare the two.',
    },
    'proof-repeated': {
      title: 'One proof, several transactions',
      sentence: 'Medium {medium} has valid proofs for records {transactions} under the same number {counter}.',
      advice: 'A card counts each number once: it was copied with its keys, or a terminal told one commit twice.',
    },
    'proof-counter': {
      title: 'Commits not counted',
      sentence: 'The two counters of medium {medium} move apart between records {transactions}.',
      advice: 'The card committed more often than its transactions say: a terminal hid commits. Block the card.',
    },
  },
  integrity: {
    'journal-chain-broken': {
      title: 'Journal signed twice',
      sentence: 'Before record {record}, terminal {terminal} has signed two different journals.',
      advice: 'Somebody changed its journal, or it went on from an old copy: suspend it and look at the device.',
    },
    'terminal-clock-off': {
      title: 'Clock is off',
      sentence: 'The clock of terminal {terminal} was further off than allowed when it was last measured.',
      advice: 'Have the device follow the centre’s clock, or set it. Several at once: check the clock of the centre.',
    },
    'refill-unbacked': {
      title: 'Received, not paid',
      sentence: 'In record {record}, {medium} received value that no payment to it and no order covers.',
      advice:
        'Ask who paid for their phone’s report. Where that one says something else, one of the two was altered or copied.',
    },
    'payment-taken-twice': {
      title: 'Payment taken twice',
      sentence: 'Payment {record} of {medium} was taken twice by the phone that it was to.',
      advice: 'That phone was altered, or went on from an old copy: suspend it, and take back what it has too much.',
    },
    'payment-disputed': {
      title: 'Given back, and taken',
      sentence: 'Payment {record} of {medium} was given back to its payer, and was taken all the same.',
      advice: 'The phone that was paid reported too late, or took what was out of date. Decide who bears the amount.',
    },
    'phone-out-of-bounds': {
      title: 'Not the phone’s to write',
      sentence: 'In record {record}, phone {terminal} wrote what no phone may write, about {medium}.',
      advice: 'The app was altered: suspend the phone and look at all that it has reported.',
    },
  },
  alerts: {
    'cloned-medium': {
      title: 'Cloned medium',
      sentence: 'Records {transactions} of medium {medium} start from states that exclude each other.',
      advice: 'There are probably two copies of this medium: block it and see where each was used.',
    },
    'stale-medium': {
      title: 'Old state presented',
      sentence: 'In record {record}, medium {medium} showed a state older than one it had already left.',
      advice: 'A copy, or a backup put back: look at what followed.',
    },
    'missing-transaction': {
      title: 'Transaction missing',
      sentence: 'Terminal {terminal} has not delivered what it did with medium {medium} on {time}.',
      advice: 'Find out why this terminal has not uploaded.',
    },
    'balance-mismatch': {
      title: 'Balance does not follow',
      sentence: 'In record {record}, the balance of medium {medium} is off by {amount} from the record before it.',
      advice: 'The balance on the medium, or the terminal, was tampered with or is faulty.',
    },
    'medium-serial-mismatch': {
      title: 'Commit counter does not follow',
      sentence: 'In record {record}, the commit counter of medium {medium} does not continue the record before it.',
      advice: 'A copy, or a commit that no terminal reported.',
    },
    'terminal-chain-mismatch': {
      title: 'Wrong last terminal',
      sentence: 'In record {record}, medium {medium} names another last terminal than that of the record before it.',
      advice: 'The data on the medium do not agree with the journals: compare the two records.',
    },
    'commit-contradiction': {
      title: 'Reported as failed, yet committed',
      sentence: 'Record {record} says its commit on medium {medium} failed, but the medium carried it to a later tap.',
      advice: 'The transaction counts. Check the terminal that reported it.',
    },
    'invalid-time': {
      title: 'Time not after the last commit',
      sentence: 'Record {record} of medium {medium} is not later than the commit it was read after.',
      advice: 'No honest terminal writes this: check its software and clock.',
    },
    'future-time': {
      title: 'Time in the future',
      sentence: 'Record {record} of medium {medium} has a time that has not come yet.',
      advice: 'Check the clock of the terminal.',
    },
    'terminal-time-order': {
      title: 'Terminal went back in time',
      sentence: 'Record {record} is not later than the record before it of the same terminal.',
      advice: 'No honest terminal writes this: check its software and clock.',
    },
    'invalid-amount': {
      title: 'Amount not allowed',
      sentence: 'Record {record} of medium {medium} leaves too low a balance, or its amount has the wrong sign.',
      advice: 'Check the terminal that wrote it.',
    },
    'validation-without-purchase': {
      title: 'Check-in without purchase',
      sentence: 'In record {record}, medium {medium} checked in with a product whose purchase has not arrived.',
      advice: 'Find the terminal that sold it, or the product is forged.',
    },
    'invalid-validation': {
      title: 'Check-in not allowed',
      sentence: 'In record {record}, medium {medium} used a product out of its time or too often.',
      advice: 'Check the terminal that let it through.',
    },
    'duplicate-product': {
      title: 'Product sold twice',
      sentence: 'Record {record} sells medium {medium} a product under an id that it already has.',
      advice: 'Only the first counts: look at whether the second must be paid back.',
    },
    'unknown-medium': {
      title: 'Unknown medium',
      sentence: 'Medium {medium} is in use, but its opening has not arrived.',
      advice: 'Find the terminal that opened it, or it is none of ours.',
    },
    'duplicate-open': {
      title: 'Opened more than once',
      sentence: 'Medium {medium} was opened more than once.',
      advice: 'Only the first opening counts: check the place where media are opened.',
    },
    'terminal-serial-gap': {
      title: 'Records missing',
      sentence: 'Terminal {terminal} has not delivered its records {from} to {to}.',
      advice: 'Find out why this terminal has not uploaded them.',
    },
    'conflicting-record': {
      title: 'Two versions of one record',
      sentence: 'Record {record} arrived again with other content; the first received stands.',
      advice: 'A terminal counts anew from 1, or its journal was altered.',
    },
  },
};
