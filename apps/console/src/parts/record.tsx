/** What every list of records shows of one. */
import type { RecordLine } from '@retap/central';
import { useCentreWords } from '../words/centre.ts';
import { useForms } from '../words/forms.tsx';
import { useSay } from '../words/language.tsx';
import { Badge, type Tone } from './badge.tsx';
import { BatchLink, MediumLink, RecordLink, TerminalLink } from './links.tsx';
import type { Column } from './list.tsx';
import { RECORD_WORDS } from './record-words.ts';

const STATUS_TONES: Readonly<Record<string, Tone>> = {
  successful: 'good',
  unsuccessful: 'quiet',
  unverified: 'doubt',
  observed: 'plain',
};

/** How a record stands: what it is resolved to, or that nothing is concluded of it yet. */
export function StatusBadge({ line }: { readonly line: Pick<RecordLine, 'type' | 'status' | 'reconciled'> }) {
  const { statuses } = useCentreWords();
  const say = useSay(RECORD_WORDS);
  if (!line.reconciled) return <Badge tone="plain">{say('waiting')}</Badge>;
  const status = line.status ?? 'observed';
  return <Badge tone={STATUS_TONES[status] ?? 'plain'}>{statuses[status]}</Badge>;
}

export function useTypeText(): (type: string) => string {
  const { types } = useCentreWords();
  return (type) => types[type] ?? type;
}

/** In the order in which a reader asks: which, of whom, where, what, when, how much, and whether it counts. */
export function useRecordColumns(): readonly Column<RecordLine>[] {
  const say = useSay(RECORD_WORDS);
  const { statuses } = useCentreWords();
  const typeText = useTypeText();
  const forms = useForms();
  return [
    { id: 'record', name: say('record'), cell: (line) => <RecordLink terminal={line.terminal} serial={line.serial} /> },
    {
      ...{ id: 'medium', name: say('medium'), sort: ({ medium }) => medium },
      cell: ({ medium }) => <MediumLink medium={medium} />,
    },
    {
      ...{ id: 'terminal', name: say('terminal'), isHidden: true, sort: ({ terminal }) => terminal },
      cell: ({ terminal }) => <TerminalLink terminal={terminal} />,
    },
    { id: 'type', name: say('type'), cell: ({ type }) => typeText(type), sort: ({ type }) => typeText(type) },
    { id: 'time', name: say('time'), cell: ({ time }) => forms.moment(time), sort: ({ time }) => time },
    {
      ...{ id: 'amount', name: say('amount'), isNumber: true, sort: ({ amount }) => amount },
      cell: ({ amount }) => (amount === null ? '–' : forms.change(amount)),
    },
    {
      ...{ id: 'balance', name: say('balance'), isNumber: true, sort: ({ balance }) => balance },
      cell: ({ balance }) => forms.money(balance),
    },
    { id: 'status', name: say('status'), cell: (line) => <StatusBadge line={line} />, sort: ({ status }) => status },
    {
      ...{ id: 'reported', name: say('reported'), isHidden: true, sort: ({ reported }) => reported },
      cell: ({ reported }) => (reported === null ? '–' : statuses[reported]),
    },
    {
      ...{ id: 'receipt', name: say('receipt'), isHidden: true, isNumber: true, sort: ({ receipt }) => receipt },
      cell: ({ receipt }) => <BatchLink receipt={receipt} />,
    },
  ];
}
