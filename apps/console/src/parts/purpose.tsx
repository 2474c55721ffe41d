/** What a transaction was for, where its record says so: a payment from phone to phone, a refund, an order of the centre. */
import type { JournalRecord } from '@retap/model';
import { filled, useCentreWords } from '../words/centre.ts';
import { useLanguage } from '../words/language.tsx';
import { MediumLink, RecordLink } from './links.tsx';
import { purposeOf } from './purpose-of.ts';
import { PURPOSE_WORDS } from './purpose-words.ts';

/** `Payment to P1000000007`, `Received from P1000000003 for 1000000003-12`, `Topped up, by order 4`. */
export function Purpose({ record }: { readonly record: JournalRecord }) {
  const { language } = useLanguage();
  const purpose = purposeOf(record);
  if (purpose === null || record.type === 'open' || record.type === 'observation') return null;
  const { counterparty, refersTo, action, amount } = record;
  const say = (word: keyof (typeof PURPOSE_WORDS)['en'], values = {}) => filled(PURPOSE_WORDS[language][word], values);
  // A cash-out is paid by the centre to the phone's owner.
  const other =
    purpose === 'cashOut'
      ? null
      : counterparty === 'centre'
        ? say('centre')
        : counterparty && <MediumLink medium={counterparty} />;
  return (
    <>
      {typeof purpose === 'string' ? say(purpose) : purpose.reason}
      {other && <> {say(amount > 0 ? 'from' : 'to', { other })}</>}
      {refersTo && <> {say('about', { record: <RecordLink {...refersTo} /> })}</>}
      {action && <> {say('order', { serial: action.serial })}</>}
    </>
  );
}

/** In a table: what it was for, where that is known, and else its type. */
export function TypeOrPurpose({ record }: { readonly record: JournalRecord }) {
  const { types } = useCentreWords();
  return typeof purposeOf(record) === 'string' ? <Purpose record={record} /> : types[record.type];
}
