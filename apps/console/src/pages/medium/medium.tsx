/** One medium: what it holds, what is open, its chain as a picture, how its balance comes about, and what is to be done with it. */
import type { ChainLink, ChainPage, MediumOrders } from '@retap/central';
import type { Account } from '@retap/model';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type ReactElement, useEffect, useRef } from 'react';
import { useAddress } from '../../address.ts';
import { ask, askFor, questionOf } from '../../ask.ts';
import { useLive } from '../../live.tsx';
import { AlertSentence, type ShownAlert } from '../../parts/alert.tsx';
import { Badge } from '../../parts/badge.tsx';
import { RecordLink, TerminalLink } from '../../parts/links.tsx';
import { type Column, List } from '../../parts/list.tsx';
import { usePages } from '../../parts/pages.tsx';
import { TypeOrPurpose } from '../../parts/purpose.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useMay } from '../../session.tsx';
import { alertWordsOf, filled, useCentreWords } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { BeadDetail } from './bead-detail.tsx';
import { Chain } from './chain.tsx';
import { Explanation } from './explain.tsx';
import { proofWord, toneOf } from './looks.ts';
import { Acts, Orders } from './orders.tsx';
import { identityOf } from './picture.ts';
import { WORDS } from './words.ts';

const PAGE = 60;
/** Asked anew at most so often, whatever arrives anywhere. */
const REFRESH_MS = 5_000;

export function Medium() {
  const { medium } = useParams({ strict: false }) as { readonly medium: string };
  const say = useSay(WORDS);
  const account = useQuery({
    queryKey: ['medium', medium, 'account'],
    queryFn: ({ signal }) => askFor<Account>(`media/${encodeURIComponent(medium)}`, signal),
  });
  useRefresh(medium);
  return (
    <>
      <h1>{filled(say('titleOf', { medium: '{medium}' }), { medium: <code>{medium}</code> })}</h1>
      <Answered query={account}>
        {(found) =>
          found === null ? (
            <Empty title={say('unknown', { medium })}>{say('unknownHint')}</Empty>
          ) : (
            <Found key={medium} account={found} />
          )
        }
      </Answered>
    </>
  );
}

function useRefresh(medium: string) {
  const queries = useQueryClient();
  const planned = useRef<ReturnType<typeof setTimeout> | null>(null);
  useLive(['totals', 'proposal.made', 'proposal.decided', 'list.published'], () => {
    planned.current ??= setTimeout(() => {
      planned.current = null;
      void queries.invalidateQueries({ queryKey: ['medium', medium] });
    }, REFRESH_MS);
  });
  useEffect(
    () => () => {
      if (planned.current !== null) clearTimeout(planned.current);
    },
    [],
  );
}

function Found({ account }: { readonly account: Account }) {
  const { medium } = account;
  const say = useSay(WORDS);
  const { search, set } = useAddress();
  const path = `media/${encodeURIComponent(medium)}`;
  const chain = usePages<ChainPage>(
    ['medium', medium, 'chain'],
    (before) => `${path}/chain${questionOf({ limit: PAGE, before })}`,
  );
  const orders = useQuery({
    queryKey: ['medium', medium, 'orders'],
    queryFn: ({ signal }) => ask<MediumOrders>(`${path}/orders`, signal),
  });
  const links = chain.data?.pages.flatMap((page) => page.links) ?? [];
  const selected = search.bead ?? null;
  const chosen = links.find((link) => identityOf(link) === selected);
  const select = (bead: string | null) => {
    set({ bead }, { replace: true });
    if (bead === null && selected)
      document.querySelector<HTMLElement>(`[data-record="${CSS.escape(selected)}"]`)?.focus();
  };
  return (
    <>
      <Standing account={account} links={links} orders={orders.data} />
      {orders.data && <Acts account={account} orders={orders.data} />}
      <section className="card" aria-labelledby="chain-title">
        <div className="title-row">
          <h2 id="chain-title">{say('chain')}</h2>
          {chain.hasNextPage && (
            <button type="button" disabled={chain.isFetchingNextPage} onClick={() => void chain.fetchNextPage()}>
              {say('older')}
            </button>
          )}
        </div>
        <p className="quiet">{say('chainLead')}</p>
        <Answered query={chain}>{() => <Chain links={links} selected={selected} select={select} />}</Answered>
        <details>
          <summary>{say('asTable')}</summary>
          <ChainTable links={links} />
        </details>
      </section>
      {chosen && <BeadDetail link={chosen} close={() => select(null)} />}
      {chain.data && <Explanation links={links} isWhole={!chain.hasNextPage} balance={account.balance} />}
      <Questions account={account} />
      <section className="card" aria-labelledby="orders-title">
        <h2 id="orders-title">{say('orders')}</h2>
        <Answered query={orders}>{(found) => <Orders orders={found} />}</Answered>
      </section>
    </>
  );
}

interface StandingProps {
  readonly account: Account;
  readonly links: readonly ChainLink[];
  readonly orders: MediumOrders | undefined;
}

function Standing({ account, links, orders }: StandingProps) {
  const say = useSay(WORDS);
  const { money, moment } = useForms();
  const doubt = links.filter(({ status }) => status === 'unverified').length;
  const { products, synchronization, lastTime, lastTerminal } = account;
  return (
    <section className="card" aria-label={say('balance')}>
      <p className="badges">
        {orders && <Badge tone={orders.denied ? 'wrong' : 'good'}>{say(orders.denied ? 'denied' : 'served')}</Badge>}{' '}
        {doubt > 0 && <Badge tone="doubt">{say('inDoubt', { count: doubt })}</Badge>}{' '}
        {synchronization.length > 0 && (
          <Badge tone="wrong">{say('outOfSync', { count: synchronization.length })}</Badge>
        )}
      </p>
      <dl className="facts">
        <div>
          <dt>{say('balance')}</dt>
          <dd className="large" id="balance">
            {money(account.balance)}
          </dd>
        </div>
        <div>
          <dt>{say('lastCommit')}</dt>
          <dd>
            {lastTime === null ? say('never') : moment(lastTime)}{' '}
            {lastTerminal !== null && (
              <TerminalLink terminal={lastTerminal}>{say('at', { terminal: lastTerminal })}</TerminalLink>
            )}
          </dd>
        </div>
        <div>
          <dt>{say('opening')}</dt>
          <dd>{say(account.opened ? 'opened' : 'notOpened')}</dd>
        </div>
        <div>
          <dt>{say('products')}</dt>
          <dd>
            {products.length === 0 ? say('none') : products.map(({ id, uses }) => say('uses', { id, uses })).join('; ')}
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Questions({ account }: { readonly account: Account }) {
  const say = useSay(WORDS);
  const may = useMay();
  const words = useCentreWords();
  const { change, moment } = useForms();
  const question = questionOf({ medium: account.medium, limit: 100 });
  const alerts = useQuery({
    queryKey: ['medium', account.medium, 'alerts'],
    queryFn: async ({ signal }) => {
      const found = await Promise.all(
        ['alerts', 'proofs'].map((path) => ask<{ alerts: ShownAlert[] }>(`${path}${question}`, signal)),
      );
      return found.flatMap((each) => each.alerts);
    },
    enabled: may('see-alerts'),
  });
  const found = alerts.data ?? [];
  const { synchronization, pendingValidations } = account;
  const items = [
    ...found.map((alert) => {
      const { title, advice } = alertWordsOf(words, alert.kind);
      return (
        <li key={JSON.stringify(alert)}>
          <b>
            <span aria-hidden="true">▲ </span>
            {title}
          </b>
          : <AlertSentence alert={alert} /> <span className="quiet">{advice}</span>
        </li>
      );
    }),
    ...synchronization.map(({ kind, time, amount }) => (
      <li key={`${kind} ${time} ${amount}`}>
        {filled(words.synchronization[kind] ?? kind, { time: moment(time), amount: change(amount) })}
      </li>
    )),
    ...pendingValidations.map((each) => (
      <li key={`${each.terminal}-${each.serial}`}>
        {filled(say('pending', { record: '{record}', product: each.productId }), {
          record: <RecordLink {...each} />,
        })}
      </li>
    )),
  ];
  return (
    <section className="card" aria-labelledby="questions-title">
      <h2 id="questions-title">{say('questions')}</h2>
      {items.length === 0 ? <p className="quiet">{say('noQuestions')}</p> : <Shortened items={items} />}
    </section>
  );
}

/** The rest of a long list, which a broken medium has, is there for who asks for it. */
const SHOWN_AT_ONCE = 6;

function Shortened({ items }: { readonly items: readonly ReactElement[] }) {
  const say = useSay(WORDS);
  const rest = items.slice(SHOWN_AT_ONCE);
  return (
    <>
      <ul className="questions">{items.slice(0, SHOWN_AT_ONCE)}</ul>
      {rest.length > 0 && (
        <details>
          <summary>{say('more', { count: rest.length })}</summary>
          <ul className="questions">{rest}</ul>
        </details>
      )}
    </>
  );
}

function ChainTable({ links }: { readonly links: readonly ChainLink[] }) {
  const say = useSay(WORDS);
  const { change, money, moment } = useForms();
  const { statuses } = useCentreWords();
  const columns: Column<ChainLink>[] = [
    { id: 'time', name: say('time'), cell: ({ record }) => moment(record.time), sort: ({ record }) => record.time },
    { id: 'record', name: say('record'), cell: ({ record }) => <RecordLink {...record} /> },
    {
      id: 'type',
      name: say('type'),
      cell: ({ record }) => <TypeOrPurpose record={record} />,
      sort: ({ record }) => record.type,
    },
    {
      ...{ id: 'amount', name: say('amount'), isNumber: true },
      cell: ({ record }) => (record.type === 'observation' ? '' : change(record.amount)),
      sort: ({ record }) => (record.type === 'observation' ? null : record.amount),
    },
    { id: 'balance', name: say('balance'), cell: ({ record }) => money(record.balance), isNumber: true },
    {
      id: 'status',
      name: say('status'),
      cell: (link) => <Badge tone={toneOf(link)}>{statuses[link.status ?? 'observed']}</Badge>,
      sort: ({ status }) => status,
    },
    { id: 'proof', name: say('proof'), cell: ({ proof }) => say(proofWord(proof)) },
  ];
  return (
    <List
      caption={say('chain')}
      columns={columns}
      rows={links}
      rowKey={identityOf}
      empty={<Empty title={say('rest')} />}
    />
  );
}
