/** Roles to choose from. */
import type { Role } from '@retap/central';
import { useCentreWords } from '../../words/centre.ts';
import { useSay } from '../../words/language.tsx';
import { ROLES } from './entry.ts';
import { WORDS } from './words.ts';

export function RoleChoice({ roles = [] }: { readonly roles?: readonly Role[] }) {
  const say = useSay(WORDS);
  const words = useCentreWords();
  return (
    <fieldset>
      <legend>{say('roles')}</legend>
      <div className="choices">
        {ROLES.map((role) => (
          <label key={role}>
            <input type="checkbox" name="role" value={role} defaultChecked={roles.includes(role)} />
            {words.roles[role]}
          </label>
        ))}
      </div>
      <p className="hint">{say('rolesHint')}</p>
    </fieldset>
  );
}
