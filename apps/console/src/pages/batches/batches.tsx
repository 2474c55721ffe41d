/** Batches as they arrived, and of which something was left out. */
import type { BatchLine } from '@retap/central';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useAddress } from '../../address.ts';
import { questionOf } from '../../ask.ts';
import { useNews } from '../../live.tsx';
import { Badge } from '../../parts/badge.tsx';
import { TerminalLink } from '../../parts/links.tsx';
import { type Column, List } from '../../parts/list.tsx';
import { More, News, usePages } from '../../parts/pages.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { WORDS } from './words.ts';

interface BatchPage {
  readonly batches: readonly BatchLine[];
  readonly next: number | null;
}

export function Batches() {
  const say = useSay(WORDS);
  const { search, set } = useAddress();
  const queries = useQueryClient();
  const quarantined = search.quarantined === 'true';
  const query = usePages<BatchPage>(
    ['batches', quarantined],
    (before) => `batches${questionOf({ quarantined: quarantined ? 'true' : null, before })}`,
  );
  const [news, seen] = useNews(['batch.quarantined']);
  const columns = useColumns();
  const show = () => {
    seen();
    void queries.resetQueries({ queryKey: ['batches'] });
  };
  return (
    <>
      <div className="title-row">
        <h1>{say('title')}</h1>
      </div>
      <p className="quiet">{say('lead')}</p>
      <div className="filters">
        <label className="choice">
          <input
            type="checkbox"
            checked={quarantined}
            onChange={({ target }) => set({ quarantined: target.checked ? 'true' : null })}
          />
          {say('onlyQuarantined')}
        </label>
        <News count={news} show={show} />
      </div>
      <Answered query={query}>
        {({ pages }) => {
          const rows = pages.flatMap(({ batches }) => batches);
          return (
            <>
              <List
                caption={say('caption')}
                columns={columns}
                rows={rows}
                rowKey={({ receipt }) => String(receipt)}
                empty={
                  <Empty title={say(quarantined ? 'emptyQuarantined' : 'empty')}>
                    {say(quarantined ? 'emptyQuarantinedHint' : 'emptyHint')}
                  </Empty>
                }
              />
              <More query={query} count={rows.length} />
            </>
          );
        }}
      </Answered>
    </>
  );
}

function useColumns(): readonly Column<BatchLine>[] {
  const say = useSay(WORDS);
  const forms = useForms();
  return [
    {
      id: 'receipt',
      name: say('receipt'),
      cell: ({ receipt }) => (
        <Link to="/batches/$receipt" params={{ receipt: String(receipt) } as never}>
          {receipt}
        </Link>
      ),
    },
    {
      ...{ id: 'receivedAt', name: say('receivedAt'), sort: ({ receivedAt }) => receivedAt },
      cell: ({ receivedAt }) => forms.moment(receivedAt),
    },
    {
      ...{ id: 'terminal', name: say('terminal'), sort: ({ terminal }) => terminal },
      cell: ({ terminal }) =>
        terminal === null ? <span className="quiet">{say('several')}</span> : <TerminalLink terminal={terminal} />,
    },
    {
      ...{ id: 'accepted', name: say('accepted'), isNumber: true, sort: ({ accepted }) => accepted },
      cell: ({ accepted }) => forms.number(accepted),
    },
    {
      ...{ id: 'quarantined', name: say('quarantined'), sort: ({ quarantined }) => quarantined },
      cell: ({ quarantined }) =>
        quarantined === 0 ? (
          <span className="quiet">{say('none')}</span>
        ) : (
          <Badge tone="wrong">{forms.number(quarantined)}</Badge>
        ),
    },
    { ...{ id: 'form', name: say('form'), sort: ({ form }) => form }, cell: ({ form }) => say(`form-${form}`) },
    {
      ...{ id: 'size', name: say('size'), isNumber: true, isHidden: true, sort: ({ size }) => size },
      cell: ({ size }) => say('bytes', { count: forms.number(size) }),
    },
  ];
}
