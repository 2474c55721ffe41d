/** The newest version of a list, and how many terminals hold it. */
import type { ListStatus } from '@retap/central';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ask, send } from '../../ask.ts';
import { Act } from '../../parts/act.tsx';
import { Badge } from '../../parts/badge.tsx';
import { TerminalLink } from '../../parts/links.tsx';
import { List } from '../../parts/list.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useMay } from '../../session.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { type Holding, holdingOf } from './holding.ts';
import type { ListKind, WorkingList } from './types.ts';
import { WORDS } from './words.ts';

export function Standing({ list }: { readonly list: WorkingList }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const may = useMay();
  const { kind, published, isPublished } = list;
  const query = useQuery({
    queryKey: ['lists', 'status'],
    queryFn: ({ signal }) => ask<ListStatus>('lists/status', signal),
  });
  const isExpired = published !== null && published.expiresAt <= Date.now();
  return (
    <section className="card" aria-labelledby="list-standing">
      <div className="title-row">
        <h3 id="list-standing">{say('standing')}</h3>
        <div>{may('publish-lists') && <Publish kind={kind} />}</div>
      </div>
      <dl className="facts">
        <div>
          <dt>{say('newest')}</dt>
          <dd>
            {published === null ? say('noneYet') : say('version', { version: published.version })}{' '}
            {published !== null && (
              <Badge tone={isExpired ? 'wrong' : isPublished ? 'good' : 'doubt'}>
                {isExpired ? say('expired') : say(isPublished ? 'isPublished' : 'isChanged')}
              </Badge>
            )}
          </dd>
        </div>
        {published && (
          <>
            <div>
              <dt>{say('issued')}</dt>
              <dd>{forms.moment(published.issuedAt)}</dd>
            </div>
            <div>
              <dt>{say('expires')}</dt>
              <dd>{forms.moment(published.expiresAt)}</dd>
            </div>
          </>
        )}
      </dl>
      {published && <Answered query={query}>{(status) => <Held holding={holdingOf(status, kind)} />}</Answered>}
    </section>
  );
}

function Held({ holding: { newest, older, none, all, behind } }: { readonly holding: Holding }) {
  const say = useSay(WORDS);
  const forms = useForms();
  if (all === 0) return <p className="quiet">{say('noTerminals')}</p>;
  const text = say('heldText', { held: newest, all, share: forms.share(newest / all) });
  return (
    <>
      <p id="held-share">
        <b>{say('heldShare')}:</b> {text}
        {older > 0 && `, ${say('heldOlder', { count: older })}`}
        {none > 0 && `, ${say('heldNone', { count: none })}`}
      </p>
      <div className="share" aria-hidden="true">
        <div className="good" style={{ flexGrow: newest }} />
        <div className="doubt" style={{ flexGrow: older }} />
        <div className="wrong" style={{ flexGrow: none }} />
      </div>
      {behind.length > 0 && (
        <details>
          <summary>{say('behind')}</summary>
          <List
            caption={say('behindCaption')}
            prefix="behind-"
            rows={behind}
            rowKey={({ terminal }) => String(terminal)}
            empty={<Empty title={say('nobodyBehind')} />}
            columns={[
              {
                id: 'terminal',
                name: say('terminal'),
                cell: ({ terminal }) => <TerminalLink terminal={terminal} />,
                sort: ({ terminal }) => terminal,
              },
              {
                id: 'holds',
                name: say('holds'),
                cell: ({ version }) => (version === 0 ? say('none') : say('version', { version })),
                sort: ({ version }) => version,
              },
              {
                ...{ id: 'versions', name: say('versionsBehind'), isNumber: true },
                cell: ({ versions }) => forms.number(versions),
                sort: ({ versions }) => versions,
              },
              {
                id: 'since',
                name: say('since'),
                cell: ({ since }) => forms.moment(since),
                sort: ({ since }) => since,
              },
              {
                id: 'said',
                name: say('said'),
                cell: ({ at }) => (at === null ? say('never') : forms.moment(at)),
                sort: ({ at }) => at,
              },
            ]}
          />
        </details>
      )}
    </>
  );
}

function Publish({ kind }: { readonly kind: ListKind }) {
  const say = useSay(WORDS);
  const queries = useQueryClient();
  return (
    <Act
      name={say('publish')}
      lead={say('publishLead', { list: say(kind) })}
      reason="none"
      act={async () => {
        const { published } = await send<{
          readonly published: readonly { readonly version: number; readonly isNew: boolean }[];
        }>('lists/publish', { kinds: [kind] });
        await queries.invalidateQueries({ queryKey: ['lists'] });
        const [one] = published;
        if (!one) return say('publishedNone');
        return say(one.isNew ? 'publishedNew' : 'publishedOld', { version: one.version });
      }}
    />
  );
}
