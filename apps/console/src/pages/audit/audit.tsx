/** Who did what to the centre. */
import type { LoggedEntry } from '@retap/central';
import { type FormEvent, useId } from 'react';
import { useAddress } from '../../address.ts';
import { questionOf } from '../../ask.ts';
import { Badge } from '../../parts/badge.tsx';
import { MediumLink, TerminalLink } from '../../parts/links.tsx';
import { List } from '../../parts/list.tsx';
import { More, usePages } from '../../parts/pages.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { Verification } from './verification.tsx';
import { WORDS } from './words.ts';
import '../govern.css';

const PAGE = 50;

type Entry = Omit<LoggedEntry, 'hash'> & { readonly hash: string };

interface EntryPage {
  readonly entries: readonly Entry[];
  readonly next: number | null;
}

export function Audit() {
  const say = useSay(WORDS);
  const { search } = useAddress();
  const { who, what } = search;
  const upTo = /^\d{1,15}$/.test(search.entry ?? '') ? Number(search.entry) : null;
  const query = usePages<EntryPage>(['audit', who, what, upTo], (before) => {
    return `audit${questionOf({ who, what, before: before ?? (upTo === null ? null : upTo + 1), limit: PAGE })}`;
  });
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet">{say('lead')}</p>
      <Verification />
      <Filters key={`${who} ${what} ${search.entry}`} />
      <Answered query={query}>
        {({ pages }) => {
          const entries = pages.flatMap((page) => page.entries);
          return (
            <>
              <Entries entries={entries} />
              {entries.length > 0 && <More query={query} count={entries.length} />}
            </>
          );
        }}
      </Answered>
    </>
  );
}

function Filters() {
  const say = useSay(WORDS);
  const id = useId();
  const { search, set } = useAddress();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const given = (name: string) => String(form.get(name) ?? '').trim();
    set({ who: given('who'), what: given('what'), entry: given('entry') });
  };
  return (
    <form className="filters" onSubmit={submit}>
      <label>
        {say('who')}
        <input name="who" type="search" defaultValue={search.who} placeholder="@ana" aria-describedby={`${id}-who`} />
        <span id={`${id}-who`} className="spoken">
          {say('whoHint')}
        </span>
      </label>
      <label>
        {say('what')}
        <input
          name="what"
          type="search"
          defaultValue={search.what}
          placeholder="deny.added"
          aria-describedby={`${id}-what`}
        />
        <span id={`${id}-what`} className="spoken">
          {say('whatHint')}
        </span>
      </label>
      <label>
        {say('upTo')}
        <input name="entry" inputMode="numeric" pattern="[0-9]*" size={8} defaultValue={search.entry} />
      </label>
      <button type="submit" className="main">
        {say('filter')}
      </button>
      {(search.who || search.what || search.entry) && (
        <button type="button" onClick={() => set({ who: null, what: null, entry: null })}>
          {say('reset')}
        </button>
      )}
    </form>
  );
}

function Entries({ entries }: { readonly entries: readonly Entry[] }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const { set } = useAddress();
  // What was done, and by whom, is what one goes on from: the same of others.
  const filtering = (name: 'who' | 'what', value: string) => (
    <button type="button" className="link" onClick={() => set({ [name]: value })}>
      {value}
    </button>
  );
  return (
    <List<Entry>
      caption={say('caption')}
      rows={entries}
      rowKey={({ id }) => String(id)}
      empty={<Empty title={say('none')}>{say('noneLead')}</Empty>}
      columns={[
        { id: 'id', name: say('id'), isNumber: true, cell: ({ id }) => id },
        { id: 'at', name: say('at'), cell: ({ at }) => forms.moment(at) },
        { id: 'who', name: say('who'), cell: ({ who }) => filtering('who', who) },
        { id: 'what', name: say('what'), cell: ({ what }) => filtering('what', what) },
        {
          id: 'object',
          name: say('object'),
          cell: ({ object }) => (
            <span className="subject">
              <Subject object={object} />
            </span>
          ),
        },
        {
          id: 'outcome',
          name: say('outcome'),
          // What was refused must leap to the eye among what was done.
          cell: ({ outcome }) => (outcome === 'done' ? say('done') : <Badge tone="wrong">{say('refused')}</Badge>),
        },
        { id: 'detail', name: say('detail'), cell: (entry) => <Detail entry={entry} /> },
        { id: 'hash', name: say('hash'), cell: ({ hash }) => <code>{hash.slice(0, 16)}…</code>, isHidden: true },
      ]}
    />
  );
}

function Subject({ object }: { readonly object: string }) {
  const [, medium] = /^medium (\S+)$/.exec(object) ?? [];
  const [, terminal] = /^terminal (\d+)$/.exec(object) ?? [];
  if (medium) return <MediumLink medium={medium}>{object}</MediumLink>;
  return terminal ? <TerminalLink terminal={Number(terminal)}>{object}</TerminalLink> : object;
}

/** Why it was done is what is read most; the rest where somebody wants it. */
function Detail({ entry: { detail, hash } }: { readonly entry: Entry }) {
  const say = useSay(WORDS);
  const { why, ...rest } = detail;
  const isMore = Object.keys(rest).length > 0;
  return (
    <div className="detail">
      {typeof why === 'string' && why !== '' && <span>{why}</span>}
      <details>
        <summary>{isMore ? say('detail') : say('hash')}</summary>
        <pre>{`${isMore ? `${JSON.stringify(rest, null, 2)}\n` : ''}${hash}`}</pre>
      </details>
    </div>
  );
}
