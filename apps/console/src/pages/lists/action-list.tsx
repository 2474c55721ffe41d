/** What is done to media at their next tap. */
import { useAddress } from '../../address.ts';
import { Badge } from '../../parts/badge.tsx';
import { MediumLink } from '../../parts/links.tsx';
import { List } from '../../parts/list.tsx';
import { Empty } from '../../parts/states.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import type { ActionState } from './types.ts';
import { WORDS } from './words.ts';

const SHOWN_MAX = 200;

export function ActionList({ actions }: { readonly actions: readonly ActionState[] }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const { search, set } = useAddress();
  const rows = actions.filter(({ state }) => state === 'waits' || search.done === '1');
  const text = ({ action }: ActionState): string => {
    if (action.kind === 'refill' || action.kind === 'refund') {
      return say(action.kind, { amount: forms.money(action.amount) });
    }
    return action.kind === 'product' ? say('product', { code: action.product.code }) : say(action.kind);
  };
  return (
    <>
      <div className="filters">
        <label>
          <input
            type="checkbox"
            checked={search.done === '1'}
            onChange={({ target }) => set({ done: target.checked ? '1' : null })}
          />
          {say('showDone')}
        </label>
      </div>
      {rows.length > SHOWN_MAX && <p className="quiet">{say('firstOf', { shown: SHOWN_MAX, all: rows.length })}</p>}
      <List<ActionState>
        caption={say('actions')}
        prefix="action-"
        rows={rows.slice(0, SHOWN_MAX)}
        rowKey={({ action }) => `${action.medium} ${action.serial}`}
        empty={<Empty title={say('noActions')}>{say('noActionsLead')}</Empty>}
        columns={[
          {
            id: 'medium',
            name: say('medium'),
            cell: ({ action }) => <MediumLink medium={action.medium} />,
            sort: ({ action }) => action.medium,
          },
          { id: 'number', name: say('number'), isNumber: true, cell: ({ action }) => action.serial },
          { id: 'what', name: say('what'), cell: text, sort: text },
          {
            id: 'state',
            name: say('state'),
            cell: ({ state }) => (
              <Badge tone={state === 'waits' ? 'doubt' : 'good'}>
                {say(state === 'waits' ? 'waits' : 'doneAction')}
              </Badge>
            ),
            sort: ({ state }) => state,
          },
        ]}
      />
    </>
  );
}
