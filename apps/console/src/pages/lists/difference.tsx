/** What differs between two versions of a list, and who changed it meanwhile. */
import { useQuery } from '@tanstack/react-query';
import { useAddress } from '../../address.ts';
import { ask, questionOf } from '../../ask.ts';
import { Badge } from '../../parts/badge.tsx';
import { MediumLink } from '../../parts/links.tsx';
import { List } from '../../parts/list.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { type Forms, useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { Changes } from './history.tsx';
import { LIMIT_WORDS } from './limit-words.ts';
import { isLimitName, limitText } from './limits.ts';
import type { EntryChange, ListDifference, ListKind, ListVersion } from './types.ts';
import { WORDS } from './words.ts';

export function Difference({ kind }: { readonly kind: ListKind }) {
  const say = useSay(WORDS);
  const { search } = useAddress();
  const query = useQuery({
    queryKey: ['lists', kind, 'difference', search.from, search.to],
    queryFn: ({ signal }) => {
      return ask<ListDifference>(`lists/${kind}/diff${questionOf({ from: search.from, to: search.to })}`, signal);
    },
  });
  return (
    <section className="card" aria-labelledby="list-difference">
      <h3 id="list-difference" tabIndex={-1}>
        {say('difference')}
      </h3>
      <Answered query={query}>{(difference) => <Told kind={kind} difference={difference} />}</Answered>
    </section>
  );
}

type Times = Pick<ListVersion, 'version' | 'issuedAt'>;
const TONES = { added: 'good', removed: 'wrong', changed: 'doubt' } as const;

function Told({ kind, difference }: { readonly kind: ListKind; readonly difference: ListDifference }) {
  const say = useSay(WORDS);
  const sayLimit = useSay(LIMIT_WORDS);
  const forms = useForms();
  const { from, to, counts, entries, history } = difference;
  const nameOf = (times: Times | null, otherwise: 'workingCopy' | 'nothingBefore') =>
    times === null
      ? say(otherwise)
      : `${say('version', { version: times.version })} (${forms.momentText(times.issuedAt)})`;
  const all = counts.added + counts.removed + counts.changed;
  return (
    <>
      <p>
        {say('fromVersion')}: <b>{nameOf(from, 'nothingBefore')}</b> · {say('toVersion')}:{' '}
        <b>{nameOf(to, 'workingCopy')}</b>
      </p>
      {all > 0 && <p role="status">{say('differs', counts)}</p>}
      {kind === 'actions' && counts.removed > 0 && <p className="quiet">{say('removedDone')}</p>}
      {all > entries.length && <p className="quiet">{say('firstOf', { shown: entries.length, all })}</p>}
      <List<EntryChange>
        caption={say('differenceCaption')}
        prefix="diff-"
        rows={entries}
        rowKey={({ entry, validFrom }) => `${validFrom} ${entry}`}
        empty={<Empty title={say('noDifference')}>{say('noDifferenceLead')}</Empty>}
        columns={[
          {
            id: 'change',
            name: say('change'),
            cell: ({ what }) => <Badge tone={TONES[what]}>{say(what)}</Badge>,
            sort: ({ what }) => what,
          },
          {
            id: 'entry',
            name: say('entry'),
            cell: ({ entry }) =>
              kind === 'deny' ? <MediumLink medium={entry} /> : isLimitName(entry) ? sayLimit(entry) : entry,
            sort: ({ entry }) => entry,
          },
          ...(kind === 'tariff'
            ? [
                {
                  ...{ id: 'from', name: say('validFrom') },
                  cell: ({ validFrom }: EntryChange) => validFrom !== null && forms.moment(validFrom),
                },
              ]
            : []),
          ...(kind === 'deny'
            ? []
            : [
                { id: 'before', name: say('before'), cell: (each: EntryChange) => valueText(each, 'before', forms) },
                { id: 'after', name: say('after'), cell: (each: EntryChange) => valueText(each, 'after', forms) },
              ]),
        ]}
      />
      {history.length > 0 && (
        <Changes kind={kind} caption={say('meanwhileCaption')} changes={history} prefix="meanwhile-" />
      )}
    </>
  );
}

function valueText(change: EntryChange, side: 'before' | 'after', forms: Forms): string {
  const value = change[side];
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return JSON.stringify(value);
  // What is a number of a tariff is a price.
  return isLimitName(change.entry) ? limitText(change.entry, value, forms) : forms.money(value);
}
