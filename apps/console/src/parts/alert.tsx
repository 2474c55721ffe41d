/** An alert in a sentence, as the centre's words have it, with what it names as links. */
import type { ReactNode } from 'react';
import { alertWordsOf, filled, useCentreWords } from '../words/centre.ts';
import { useForms } from '../words/forms.tsx';
import { identityText, MediumLink, RecordLink, TerminalLink } from './links.tsx';

/** Keys beside `kind` are those of the specification's table of alerts. */
export interface ShownAlert {
  readonly kind: string;
  readonly [key: string]: unknown;
}

interface Identity {
  readonly terminal: number;
  readonly serial: number;
}

export function AlertSentence({ alert }: { readonly alert: ShownAlert }) {
  const words = useCentreWords();
  const { change, moment } = useForms();
  const { medium, terminal, serial, time, amount, transactions } = alert;
  const values: Record<string, ReactNode> = Object.fromEntries(
    Object.entries(alert).map(([key, value]) => [
      key,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );
  if (typeof medium === 'string') values.medium = <MediumLink medium={medium} />;
  if (typeof terminal === 'number') {
    values.terminal = <TerminalLink terminal={terminal} />;
    if (typeof serial === 'number') values.record = <RecordLink terminal={terminal} serial={serial} />;
  }
  if (typeof time === 'number') values.time = moment(time);
  if (typeof amount === 'number') values.amount = change(amount);
  if (Array.isArray(transactions)) {
    values.transactions = (transactions as Identity[]).map((identity, index) => (
      <span key={identityText(identity)}>
        {index > 0 && ', '}
        <RecordLink {...identity} />
      </span>
    ));
  }
  return <>{filled(alertWordsOf(words, alert.kind).sentence, values)}</>;
}
