/** How far terminals may go that are offline. */
import { Act } from '../../parts/act.tsx';
import { useMay } from '../../session.tsx';
import { useSettings } from '../../settings.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { useChange } from './changing.ts';
import { LimitFields } from './limit-fields.tsx';
import { LIMIT_WORDS } from './limit-words.ts';
import { LIMIT_NAMES, limitsTyped, limitText } from './limits.ts';
import type { Limits } from './types.ts';
import { WORDS } from './words.ts';

export function LimitList({ limits }: { readonly limits: Limits }) {
  const say = useSay(WORDS);
  const sayLimit = useSay(LIMIT_WORDS);
  const forms = useForms();
  const may = useMay();
  return (
    <>
      <table className="narrow">
        <caption>{say('limitsCaption')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('limit')}</th>
            <th scope="col" className="number">
              {say('value')}
            </th>
          </tr>
        </thead>
        <tbody>
          {LIMIT_NAMES.map((name) => {
            const value = limits[name];
            return (
              <tr key={name}>
                <th scope="row">{sayLimit(name)}</th>
                <td className="number">
                  {value === undefined ? (
                    <span className="quiet">{sayLimit('none')}</span>
                  ) : (
                    limitText(name, value, forms)
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <div className="buttons">{may('set-limits') && <Change limits={limits} />}</div>
    </>
  );
}

function Change({ limits }: { readonly limits: Limits }) {
  const say = useSay(WORDS);
  const sayLimit = useSay(LIMIT_WORDS);
  const change = useChange();
  const { currency } = useSettings();
  return (
    <Act
      name={say('setLimits')}
      lead={say('setLimitsLead', { currency: currency.code })}
      isMain
      act={({ why, form }) => {
        const typed = limitsTyped(form, currency.digits);
        if ('wrong' in typed) throw new Error(say('limitWrong', { limit: sayLimit(typed.wrong) }));
        return change('lists/limits', { limits: typed, why });
      }}
    >
      <LimitFields key={JSON.stringify(limits)} limits={limits} prefix="set" empty={sayLimit('none')} />
    </Act>
  );
}
