/** Who changed a list, what, when and why. */
import { useQuery } from '@tanstack/react-query';
import { ask } from '../../ask.ts';
import { MediumLink } from '../../parts/links.tsx';
import { List } from '../../parts/list.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { LIMIT_WORDS } from './limit-words.ts';
import { LIMIT_NAMES, limitText } from './limits.ts';
import type { ActionState, Limits, ListChange, ListKind, Tariff } from './types.ts';
import { WORDS } from './words.ts';

const LIMIT = 50;

export function History({ kind }: { readonly kind: ListKind }) {
  const say = useSay(WORDS);
  const query = useQuery({
    queryKey: ['lists', kind, 'history'],
    queryFn: ({ signal }) =>
      ask<{ readonly changes: readonly ListChange[] }>(`lists/${kind}/history?limit=${LIMIT}`, signal),
  });
  return (
    <section className="card" aria-labelledby="list-history">
      <h3 id="list-history">{say('history')}</h3>
      <Answered query={query}>
        {({ changes }) => (
          <Changes kind={kind} caption={say('historyCaption')} changes={changes.toReversed()} prefix="history-" />
        )}
      </Answered>
    </section>
  );
}

interface ChangesProps {
  readonly kind: ListKind;
  readonly caption: string;
  readonly changes: readonly ListChange[];
  readonly prefix: string;
}

export function Changes({ kind, caption, changes, prefix }: ChangesProps) {
  const say = useSay(WORDS);
  const forms = useForms();
  const named = (what: ListChange['what']) => say(what);
  return (
    <List<ListChange>
      caption={caption}
      prefix={prefix}
      rows={changes}
      rowKey={({ at, entry, what }) => `${at} ${what} ${entry}`}
      empty={<Empty title={say('noHistory')} />}
      columns={[
        { id: 'at', name: say('at'), cell: ({ at }) => forms.moment(at), sort: ({ at }) => at },
        { id: 'who', name: say('who'), cell: ({ who }) => who, sort: ({ who }) => who },
        { id: 'what', name: say('change'), cell: ({ what }) => named(what), sort: ({ what }) => what },
        { id: 'entry', name: say('entry'), cell: ({ entry }) => <Entry kind={kind} text={entry} /> },
        { id: 'why', name: say('why'), cell: ({ why }) => <span className="wide-text">{why}</span> },
      ]}
    />
  );
}

/** As people read it: of limits or tariffs the whole of them stands in a change. */
function Entry({ kind, text }: { readonly kind: ListKind; readonly text: string }) {
  const say = useSay(WORDS);
  const sayLimit = useSay(LIMIT_WORDS);
  const forms = useForms();
  if (kind === 'deny') return <MediumLink medium={text} />;
  if (kind === 'limits') {
    const limits = JSON.parse(text) as Limits;
    const set = LIMIT_NAMES.flatMap((name) => {
      const value = limits[name];
      return value === undefined ? [] : [`${sayLimit(name)}: ${limitText(name, value, forms)}`];
    });
    return <span className="wide-text">{set.length === 0 ? say('noLimits') : set.join(' · ')}</span>;
  }
  if (kind === 'actions') {
    const { medium, serial } = JSON.parse(text) as ActionState['action'];
    return (
      <>
        <MediumLink medium={medium} /> {serial}
      </>
    );
  }
  const tariffs = JSON.parse(text) as readonly Tariff[];
  return (
    <details>
      <summary>{say('tariffCount', { count: tariffs.length })}</summary>
      <pre>{JSON.stringify(tariffs, null, 2)}</pre>
    </details>
  );
}
