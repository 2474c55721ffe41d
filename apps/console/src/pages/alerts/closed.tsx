/** What is over: resolved by somebody, or cured by records. */
import type { AlertCase } from '@retap/central';
import { useAddress } from '../../address.ts';
import { AlertSentence } from '../../parts/alert.tsx';
import { Badge } from '../../parts/badge.tsx';
import { type Column, List } from '../../parts/list.tsx';
import { More, usePages } from '../../parts/pages.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { alertWordsOf, filled, useCentreWords } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { CureWords } from './cure.tsx';
import { closedQuestion } from './question.ts';
import { WORDS } from './words.ts';

interface CasesPage {
  readonly cases: readonly AlertCase[];
  readonly next: number | null;
}

export function Closed() {
  const say = useSay(WORDS);
  const words = useCentreWords();
  const forms = useForms();
  const { search } = useAddress();
  const query = usePages<CasesPage>(['alerts', 'closed', closedQuestion(search, null)], (before) =>
    closedQuestion(search, before),
  );
  const cases = query.data?.pages.flatMap((page) => page.cases) ?? [];
  const columns: Column<AlertCase>[] = [
    { id: 'number', name: say('caseNumber'), cell: ({ id }) => id, isNumber: true, isHidden: true },
    { id: 'kind', name: say('kind'), cell: ({ alert }) => alertWordsOf(words, alert.kind).title },
    { id: 'alert', name: say('alert'), cell: ({ alert }) => <AlertSentence alert={{ ...alert }} />, isWide: true },
    { id: 'since', name: say('since'), cell: ({ appearedAt }) => forms.moment(appearedAt) },
    {
      id: 'state',
      name: say('state'),
      cell: ({ state }) => <Badge tone={state === 'cured' ? 'good' : 'quiet'}>{words.caseStates[state]}</Badge>,
    },
    { id: 'end', name: say('end'), cell: (each) => <End of={each} />, isWide: true },
    { id: 'assigned', name: say('assigned'), cell: ({ assignedTo }) => assignedTo ?? say('nobody'), isHidden: true },
  ];
  const empty = <Empty title={say('nothingClosed')}>{say('nothingClosedLead')}</Empty>;
  return (
    <Answered query={query}>
      {() => (
        <>
          <List
            {...{ columns, empty, caption: say('closedCaption'), rows: cases }}
            rowKey={({ id }) => String(id)}
            prefix="closed-"
          />
          {cases.length > 0 && <More query={query} count={cases.length} />}
        </>
      )}
    </Answered>
  );
}

function End({ of: { reason, cure } }: { readonly of: AlertCase }) {
  const say = useSay(WORDS);
  if (cure) return <>{filled(say('cured', { cure: '{cure}' }), { cure: <CureWords cure={cure} /> })}</>;
  return <>{say('because', { reason: reason ?? '' })}</>;
}
