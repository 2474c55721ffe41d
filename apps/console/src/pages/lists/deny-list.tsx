/** Denied media: found by how they begin, for there may be 100,000. */
import { useAddress } from '../../address.ts';
import { Act } from '../../parts/act.tsx';
import { MediumLink } from '../../parts/links.tsx';
import { Empty } from '../../parts/states.tsx';
import { useMay } from '../../session.tsx';
import { useSay } from '../../words/language.tsx';
import { useChange } from './changing.ts';
import { WORDS } from './words.ts';

/** More are not shown: whoever looks for one types more of it. */
const SHOWN_MAX = 60;

export function DenyList({ media }: { readonly media: readonly string[] }) {
  const say = useSay(WORDS);
  const may = useMay();
  const change = useChange();
  const { search, set } = useAddress();
  const prefix = search.medium ?? '';
  const matching = media.filter((medium) => medium.startsWith(prefix));
  return (
    <>
      {may('deny-media') && <Deny />}
      {media.length === 0 ? (
        <Empty title={say('noDenied')}>{say('noDeniedLead')}</Empty>
      ) : (
        <>
          <div className="filters">
            <label>
              {say('filter')}
              <input
                type="search"
                value={prefix}
                onChange={({ target }) => set({ medium: target.value.trim() }, { replace: true })}
              />
            </label>
          </div>
          <p className="quiet" role="status">
            {say('matching', { shown: matching.length, all: media.length })}
            {matching.length > SHOWN_MAX && ` ${say('firstOf', { shown: SHOWN_MAX, all: matching.length })}`}
          </p>
          {matching.length === 0 && <Empty title={say('noMatch')} />}
          <ul className="media">
            {matching.slice(0, SHOWN_MAX).map((medium) => (
              <li key={medium}>
                <MediumLink medium={medium} />
                {may('deny-media') && (
                  <span>
                    <Act
                      name={say('undeny')}
                      lead={say('undenyLead', { medium })}
                      act={({ why }) => change('lists/deny/removal', { medium, why })}
                    />
                  </span>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Deny() {
  const say = useSay(WORDS);
  const change = useChange();
  return (
    <Act
      name={say('denyMedium')}
      lead={say('denyMediumLead')}
      isMain
      act={({ why, form }) => {
        const medium = String(form.get('medium') ?? '').trim();
        if (medium === '') throw new Error(say('mediumMissing'));
        return change('lists/deny', { medium, why });
      }}
    >
      <label htmlFor="deny-medium">{say('medium')}</label>
      <input id="deny-medium" name="medium" maxLength={64} autoComplete="off" />
    </Act>
  );
}
