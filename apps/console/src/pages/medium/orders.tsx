/** What is to be done with the medium: through the lists, with a reason, and mostly by two people. */
import type { MediumOrders } from '@retap/central';
import type { Account } from '@retap/model';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useId } from 'react';
import { Refusal, send } from '../../ask.ts';
import { Act } from '../../parts/act.tsx';
import { Badge } from '../../parts/badge.tsx';
import { useFaultText } from '../../parts/states.tsx';
import { useMay } from '../../session.tsx';
import { useSettings } from '../../settings.ts';
import { amountIn } from '../../words/amount.ts';
import { useCentreWords } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { WORDS } from './words.ts';

type Answer = { readonly proposal?: number };

export function Acts({
  account,
  orders,
}: {
  readonly account: Pick<Account, 'medium' | 'balance'>;
  readonly orders: MediumOrders;
}) {
  const say = useSay(WORDS);
  const may = useMay();
  const queries = useQueryClient();
  const { money } = useForms();
  const { currency } = useSettings();
  const faultText = useFaultText();
  const { medium, balance } = account;
  const done = ({ proposal }: Answer): ReactNode => {
    void queries.invalidateQueries({ queryKey: ['medium', medium, 'orders'] });
    return say(proposal === undefined ? 'ordered' : 'proposed');
  };
  const order = (action: object, why: string) => send<Answer>('lists/actions', { medium, ...action, why });
  const move = async ({ why, form }: { readonly why: string; readonly form: FormData }) => {
    const to = String(form.get('medium') ?? '').trim();
    if (to === '' || to === medium)
      throw new Refusal({ code: 'to-missing', message: say('toMissing'), requestId: null }, 0);
    // The deny first: where only that succeeds nothing is paid out twice.
    const denied = orders.denied ? {} : await send<Answer>('lists/deny', { medium, why });
    try {
      return done({
        ...denied,
        ...(await send<Answer>('lists/actions', { medium: to, kind: 'refill', amount: balance, why })),
      });
    } catch (error) {
      return say('halfMoved', { message: String(faultText(error)) });
    }
  };
  return (
    <div className="buttons">
      {may('deny-media') && (
        <Act
          name={say(orders.denied ? 'undeny' : 'deny')}
          lead={say(orders.denied ? 'undenyLead' : 'denyLead')}
          isGrave={!orders.denied}
          act={async ({ why }) =>
            done(await send<Answer>(orders.denied ? 'lists/deny/removal' : 'lists/deny', { medium, why }))
          }
        />
      )}
      {may('order-actions') && (
        <>
          <Act
            name={say('block')}
            lead={say('blockLead')}
            isGrave
            act={async ({ why }) => done(await order({ kind: 'block' }, why))}
          />
          <Act
            name={say('unblock')}
            lead={say('unblockLead')}
            act={async ({ why }) => done(await order({ kind: 'unblock' }, why))}
          />
          <Act
            name={say('refund')}
            lead={say('refundLead')}
            act={async ({ why, form }) => {
              const amount = amountIn(String(form.get('amount') ?? ''), currency.digits);
              if (amount === null || amount <= 0)
                throw new Refusal({ code: 'amount-missing', message: say('amountMissing'), requestId: null }, 0);
              return done(await order({ kind: 'refund', amount }, why));
            }}
          >
            <Field name="amount" label={say('amountLabel', { currency: currency.code })} inputMode="decimal" />
          </Act>
          {may('deny-media') && balance > 0 && (
            <Act name={say('move')} lead={say('moveLead', { balance: money(balance) })} act={move}>
              <Field name="medium" label={say('toMedium')} />
            </Act>
          )}
        </>
      )}
    </div>
  );
}

function Field({
  name,
  label,
  inputMode,
}: {
  readonly name: string;
  readonly label: string;
  readonly inputMode?: 'decimal';
}) {
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <input id={id} name={name} inputMode={inputMode} autoComplete="off" spellCheck={false} maxLength={64} />
    </>
  );
}

export function Orders({ orders }: { readonly orders: MediumOrders }) {
  const say = useSay(WORDS);
  const may = useMay();
  const { moment, money } = useForms();
  const { proposals: kinds } = useCentreWords();
  const { actions, proposals } = orders;
  if (actions.length === 0 && proposals.length === 0) return <p className="quiet">{say('noOrders')}</p>;
  return (
    <ul className="orders">
      {proposals.map(({ id, kind, action, amount, proposedBy, proposedAt, why }) => (
        <li key={`proposal ${id}`}>
          <b>{action ? say('action', { kind: action }) : kinds[kind]}</b> {amount !== null && money(amount)}{' '}
          <Badge tone="doubt">{say('waitsPerson')}</Badge>{' '}
          <span className="quiet">
            {proposedBy}, {moment(proposedAt)}: {why}
          </span>{' '}
          {may('see-proposals') && <Link to="/approvals">{say('toApprovals')}</Link>}
        </li>
      ))}
      {[...actions].reverse().map(({ action, state }) => (
        <li key={`action ${action.serial}`}>
          <b>{say('action', { kind: action.kind })}</b> {'amount' in action && money(action.amount)}{' '}
          <Badge tone={state === 'waits' ? 'doubt' : 'good'}>{say(state === 'waits' ? 'waitsTap' : 'done')}</Badge>
        </li>
      ))}
    </ul>
  );
}
