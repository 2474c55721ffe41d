/** What somebody signs in with, and what they have handed to machines. */
import type { AccessToken, Passkey } from '@retap/central';
import { useQueryClient } from '@tanstack/react-query';
import { send } from '../../ask.ts';
import { Act } from '../../parts/act.tsx';
import { Badge } from '../../parts/badge.tsx';
import { List } from '../../parts/list.tsx';
import { Empty } from '../../parts/states.tsx';
import { useCentreWords } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { type TokenState, tokenState } from './entry.ts';
import { WORDS } from './words.ts';

interface HeldProps {
  readonly person: string;
  /** Of whoever looks: theirs are looked after elsewhere. */
  readonly isOwn: boolean;
}

function useRemoval(): (path: string) => Promise<null> {
  const queries = useQueryClient();
  return async (path) => {
    await send(path, undefined, 'DELETE');
    await queries.invalidateQueries({ queryKey: ['people'] });
    return null;
  };
}

export function Passkeys({ person, passkeys, isOwn }: HeldProps & { readonly passkeys: readonly Passkey[] }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const remove = useRemoval();
  return (
    <section className="card">
      <h2>{say('passkeys')}</h2>
      <List<Passkey>
        caption={say('passkeys')}
        prefix="passkey-"
        rows={passkeys}
        rowKey={({ id }) => String(id)}
        empty={<Empty title={say('noPasskeys')}>{say('noPasskeysLead')}</Empty>}
        columns={[
          { id: 'label', name: say('label'), cell: ({ label }) => label, sort: ({ label }) => label },
          { id: 'added', name: say('added'), cell: ({ addedAt }) => forms.moment(addedAt), sort: (key) => key.addedAt },
          {
            id: 'used',
            name: say('used'),
            cell: ({ usedAt }) => (usedAt === null ? say('never') : forms.moment(usedAt)),
            sort: ({ usedAt }) => usedAt,
          },
          {
            id: 'action',
            name: say('action'),
            cell: ({ id }) =>
              !isOwn &&
              passkeys.length > 1 && (
                <Act
                  name={say('removePasskey')}
                  lead={say('removePasskeyLead')}
                  reason="none"
                  isGrave
                  act={() => remove(`people/${encodeURIComponent(person)}/passkeys/${id}`)}
                />
              ),
          },
        ]}
      />
    </section>
  );
}

const TOKEN_TONES = { live: 'good', expired: 'quiet', revoked: 'wrong' } as const satisfies Record<TokenState, string>;

export function Tokens({ person, tokens, isOwn }: HeldProps & { readonly tokens: readonly AccessToken[] }) {
  const say = useSay(WORDS);
  const words = useCentreWords();
  const forms = useForms();
  const remove = useRemoval();
  const now = Date.now();
  return (
    <section className="card">
      <h2>{say('tokens')}</h2>
      <List<AccessToken>
        caption={say('tokens')}
        prefix="token-"
        rows={tokens}
        rowKey={({ id }) => String(id)}
        empty={<Empty title={say('noTokens')} />}
        columns={[
          { id: 'name', name: say('label'), cell: ({ name }) => name, sort: ({ name }) => name },
          { id: 'roles', name: say('roles'), cell: ({ roles }) => roles.map((role) => words.roles[role]).join(', ') },
          {
            id: 'state',
            name: say('state'),
            cell: (one) => <Badge tone={TOKEN_TONES[tokenState(one, now)]}>{say(tokenState(one, now))}</Badge>,
            sort: (one) => tokenState(one, now),
          },
          {
            id: 'until',
            name: say('until'),
            cell: ({ expiresAt }) => forms.moment(expiresAt),
            sort: ({ expiresAt }) => expiresAt,
          },
          {
            id: 'used',
            name: say('used'),
            cell: ({ usedAt }) => (usedAt === null ? say('never') : forms.moment(usedAt)),
            sort: ({ usedAt }) => usedAt,
          },
          {
            id: 'action',
            name: say('action'),
            cell: (one) =>
              !isOwn &&
              tokenState(one, now) === 'live' && (
                <Act
                  name={say('revoke')}
                  lead={say('revokeLead')}
                  reason="none"
                  isGrave
                  act={() => remove(`people/${encodeURIComponent(person)}/tokens/${one.id}`)}
                />
              ),
          },
        ]}
      />
    </section>
  );
}
