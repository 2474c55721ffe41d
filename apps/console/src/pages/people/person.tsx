/** One person: what they may do, with what they sign in, and what an administrator can do about it. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { askFor, send } from '../../ask.ts';
import { Act } from '../../parts/act.tsx';
import { Badge } from '../../parts/badge.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useSession } from '../../session.tsx';
import { useCentreWords } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { type PersonDetail, type PersonEntry, rolesIn, STATE_TONES } from './entry.ts';
import { Passkeys, Tokens } from './held.tsx';
import { RoleChoice } from './roles.tsx';
import { type Secret, ShownOnce } from './secret.tsx';
import { WORDS } from './words.ts';
import '../govern.css';

export function Person() {
  const say = useSay(WORDS);
  const { person: name = '' } = useParams({ strict: false }) as { readonly person?: string };
  const query = useQuery({
    queryKey: ['people', name],
    queryFn: ({ signal }) => askFor<PersonDetail>(`people/${encodeURIComponent(name)}`, signal),
  });
  return (
    <>
      <p>
        <Link to="/people">‹ {say('back')}</Link>
      </p>
      <h1>{name}</h1>
      <Answered query={query}>
        {(detail) => (detail === null ? <Empty title={say('unknown', { name })} /> : <Known detail={detail} />)}
      </Answered>
    </>
  );
}

function Known({ detail: { person, passkeys, tokens } }: { readonly detail: PersonDetail }) {
  const say = useSay(WORDS);
  const words = useCentreWords();
  const forms = useForms();
  const { person: me } = useSession();
  const [secret, setSecret] = useState<Secret | null>(null);
  const isOwn = me?.name === person.name;
  return (
    <>
      <section className="card">
        <dl className="facts">
          <div>
            <dt>{say('state')}</dt>
            <dd>
              <Badge tone={STATE_TONES[person.state]}>{say(person.state)}</Badge>
            </dd>
          </div>
          <div>
            <dt>{say('roles')}</dt>
            <dd>{person.roles.map((role) => words.roles[role]).join(', ')}</dd>
          </div>
          <div>
            <dt>{say('since')}</dt>
            <dd>{forms.moment(person.invitedAt)}</dd>
          </div>
          <div>
            <dt>{say('seen')}</dt>
            <dd>{person.seenAt === null ? say('never') : forms.moment(person.seenAt)}</dd>
          </div>
          <div>
            <dt>{say('sessions')}</dt>
            <dd>{forms.number(person.sessions)}</dd>
          </div>
          {person.entryUntil !== null && (
            <div>
              <dt>{say('entry')}</dt>
              <dd>{forms.moment(person.entryUntil)}</dd>
            </div>
          )}
        </dl>
        {isOwn ? (
          <p>
            {say('own')} <a href="/account.html">{say('ownPage')}</a>. {say('ownLead')}
          </p>
        ) : (
          <Acts person={person} shown={setSecret} />
        )}
      </section>
      {secret && <ShownOnce secret={secret} hide={() => setSecret(null)} />}
      <Passkeys person={person.name} passkeys={passkeys} isOwn={isOwn} />
      <Tokens person={person.name} tokens={tokens} isOwn={isOwn} />
    </>
  );
}

const DAY = 86_400_000;

function Acts({ person, shown }: { readonly person: PersonEntry; readonly shown: (secret: Secret) => void }) {
  const say = useSay(WORDS);
  const queries = useQueryClient();
  const { name, roles, state } = person;
  const path = `people/${encodeURIComponent(name)}`;
  const done = async (said: string | null = say('done')) => {
    await queries.invalidateQueries({ queryKey: ['people'] });
    return said;
  };
  return (
    <div className="buttons">
      <Act
        name={say('changeRoles')}
        lead={say('changeRolesLead')}
        act={async ({ why, form }) => {
          const chosen = rolesIn(form);
          if (chosen.length === 0) throw new Error(say('rolesMissing'));
          await send(`${path}/roles`, { roles: chosen, why }, 'PUT');
          return done();
        }}
      >
        <RoleChoice key={roles.join()} roles={roles} />
      </Act>
      {state === 'disabled' ? (
        <Act
          key="enable"
          name={say('enable')}
          lead={say('enableLead')}
          act={async ({ why }) => {
            await send(`${path}/state`, { state: 'enabled', why }, 'PUT');
            return done();
          }}
        />
      ) : (
        <Act
          key="disable"
          name={say('disable')}
          lead={say('disableLead')}
          isGrave
          act={async ({ why }) => {
            await send(`${path}/state`, { state: 'disabled', why }, 'PUT');
            return done();
          }}
        />
      )}
      {person.sessions > 0 && (
        <Act
          name={say('signOut')}
          lead={say('signOutLead')}
          reason="none"
          act={async () => {
            const { ended } = await send<{ readonly ended: number }>(`${path}/sessions`, undefined, 'DELETE');
            return done(say('signedOut', { ended }));
          }}
        />
      )}
      {state === 'invited' && (
        <Act
          name={say('linkAgain')}
          lead={say('linkAgainLead')}
          act={async ({ why }) => {
            const answer = await send<{ readonly link: string; readonly person: PersonEntry }>('people', {
              ...{ name, roles, validMs: DAY, why },
            });
            shown({ title: say('invitedNow', { name }), text: answer.link, until: answer.person.entryUntil });
            return done(null);
          }}
        />
      )}
      {state === 'enabled' && (
        <Act
          name={say('recover')}
          lead={say('recoverLead')}
          act={async ({ why }) => {
            const answer = await send<{ readonly code: string; readonly proposal: number }>(`${path}/recovery`, {
              why,
            });
            const title = say('recovering', { proposal: answer.proposal });
            shown({ title, text: answer.code, until: null });
            return done(null);
          }}
        />
      )}
    </div>
  );
}
