/** What a proposal would do, as people read it; the whole of it as the centre has it is one click away. */
import type { Proposal } from '@retap/central';

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ask } from '../../ask.ts';
import { useMay } from '../../session.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { LIMIT_WORDS } from '../lists/limit-words.ts';
import { LIMIT_NAMES, limitText } from '../lists/limits.ts';
import type { LimitName, Limits, Tariff } from '../lists/types.ts';
import { WORDS } from './words.ts';

export function Entry({ proposal: { kind, entry, state } }: { readonly proposal: Proposal }) {
  const say = useSay(WORDS);
  return (
    <>
      {kind === 'action.order' && <Action entry={entry} />}
      {kind === 'limits.set' && <LimitChange limits={entry as Limits} isWaiting={state === 'proposed'} />}
      {kind === 'tariff.set' && <Tariffs tariffs={(entry.tariffs ?? []) as readonly Tariff[]} />}
      {(kind === 'person.recover' || kind === 'terminal.replace-key') && <CodeTime validMs={entry.validMs} />}
      {kind !== 'deny.add' && kind !== 'deny.remove' && (
        <details>
          <summary>{say('whole')}</summary>
          <pre>{JSON.stringify(entry, null, 2)}</pre>
        </details>
      )}
    </>
  );
}

function CodeTime({ validMs }: { readonly validMs: unknown }) {
  const say = useSay(WORDS);
  const forms = useForms();
  return typeof validMs === 'number' ? <p>{say('for', { time: forms.duration(validMs) })}</p> : null;
}

function Action({ entry }: { readonly entry: Readonly<Record<string, unknown>> }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const { kind, amount } = entry;
  const product = entry.product as
    | { readonly code: string; readonly validFrom?: number; readonly validUntil?: number; readonly maxUses?: number }
    | undefined;
  const named = (['refill', 'refund', 'block', 'unblock', 'product'] as const).find((each) => each === kind);
  return (
    <dl className="facts">
      <Fact name={say('action')}>{named ? say(named) : String(kind)}</Fact>
      {typeof amount === 'number' && <Fact name={say('amount')}>{forms.money(amount)}</Fact>}
      {product && <Fact name={say('product')}>{product.code}</Fact>}
      {product?.validFrom !== undefined && <Fact name={say('validFrom')}>{forms.moment(product.validFrom)}</Fact>}
      {product?.validUntil !== undefined && <Fact name={say('validUntil')}>{forms.moment(product.validUntil)}</Fact>}
      {product?.maxUses !== undefined && <Fact name={say('maxUses')}>{forms.number(product.maxUses)}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What still waits stands beside what holds now, where the reader may see that: a number alone says little. */
function LimitChange({ limits, isWaiting }: { readonly limits: Limits; readonly isWaiting: boolean }) {
  const say = useSay(WORDS);
  const sayLimit = useSay(LIMIT_WORDS);
  const forms = useForms();
  const may = useMay();
  const { data } = useQuery({
    queryKey: ['lists', 'limits', 'working'],
    queryFn: ({ signal }) => ask<{ readonly entries: Limits }>('lists/limits/working', signal),
    enabled: isWaiting && may('see-lists'),
  });
  const now = (isWaiting && data?.entries) || {};
  const text = (name: LimitName, value: number | undefined) =>
    value === undefined ? say('notSet') : limitText(name, value, forms);
  return (
    <table>
      <caption>{say(isWaiting ? 'limitsCaption' : 'limitsProposed')}</caption>
      <thead>
        <tr>
          <th scope="col">{say('limit')}</th>
          {isWaiting && (
            <th scope="col" className="number">
              {say('now')}
            </th>
          )}
          <th scope="col" className="number">
            {say(isWaiting ? 'wouldBe' : 'value')}
          </th>
        </tr>
      </thead>
      <tbody>
        {LIMIT_NAMES.filter((name) => limits[name] !== undefined || now[name] !== undefined).map((name) => (
          <tr key={name}>
            <th scope="row">{sayLimit(name)}</th>
            {isWaiting && <td className="number">{text(name, now[name])}</td>}
            <td className="number">
              {limits[name] === now[name] || !isWaiting ? (
                text(name, limits[name])
              ) : (
                <b>{text(name, limits[name])} ◂</b>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Tariffs({ tariffs }: { readonly tariffs: readonly Tariff[] }) {
  const say = useSay(WORDS);
  const forms = useForms();
  return (
    <ul>
      {tariffs.map(({ validFrom, fares, products }) => (
        <li key={validFrom}>
          {say('tariffFrom', {
            when: forms.momentText(validFrom),
            fares: fares.length,
            products: products.length,
          })}
          {': '}
          {[
            ...fares.map(({ code, amount }) => `${code} ${forms.money(amount)}`),
            ...products.map(({ code, price }) => `${code} ${forms.money(price)}`),
          ].join(', ')}
        </li>
      ))}
    </ul>
  );
}
