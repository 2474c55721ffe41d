/** Everybody who is or was known here, and inviting somebody. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAddress } from '../../address.ts';
import { ask, send } from '../../ask.ts';
import { Act } from '../../parts/act.tsx';
import { Badge } from '../../parts/badge.tsx';
import { List } from '../../parts/list.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useCentreWords } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { type PersonEntry, ROLES, rolesIn, STATE_TONES } from './entry.ts';
import { RoleChoice } from './roles.tsx';
import { type Secret, ShownOnce } from './secret.tsx';
import { WORDS } from './words.ts';
import '../govern.css';

export function People() {
  const say = useSay(WORDS);
  const [secret, setSecret] = useState<Secret | null>(null);
  const query = useQuery({
    queryKey: ['people'],
    queryFn: ({ signal }) => ask<{ readonly people: readonly PersonEntry[] }>('people', signal),
  });
  return (
    <>
      <div className="title-row">
        <h1>{say('title')}</h1>
        <div>
          <Invite shown={setSecret} />
        </div>
      </div>
      <p className="quiet">{say('lead')}</p>
      {secret && <ShownOnce secret={secret} hide={() => setSecret(null)} />}
      <Filters />
      <Answered query={query}>{({ people }) => <Everybody people={people} />}</Answered>
    </>
  );
}

function Filters() {
  const say = useSay(WORDS);
  const words = useCentreWords();
  const { search, set } = useAddress();
  return (
    <div className="filters">
      <label>
        {say('filter')}
        <input
          type="search"
          value={search.name ?? ''}
          onChange={({ target }) => set({ name: target.value }, { replace: true })}
        />
      </label>
      <label>
        {say('role')}
        <select value={search.role ?? ''} onChange={({ target }) => set({ role: target.value })}>
          <option value="">{say('anyRole')}</option>
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {words.roles[role]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Everybody({ people }: { readonly people: readonly PersonEntry[] }) {
  const say = useSay(WORDS);
  const words = useCentreWords();
  const forms = useForms();
  const { search } = useAddress();
  const rows = people.filter(
    ({ name, roles }) =>
      name.startsWith(search.name ?? '') && (!search.role || roles.some((role) => role === search.role)),
  );
  return (
    <List<PersonEntry>
      caption={say('caption')}
      rows={rows}
      rowKey={({ name }) => name}
      empty={<Empty title={say('none')}>{say('noneLead')}</Empty>}
      columns={[
        {
          id: 'name',
          name: say('name'),
          cell: ({ name }) => (
            <Link to="/people/$person" params={{ person: name } as never}>
              {name}
            </Link>
          ),
          sort: ({ name }) => name,
        },
        {
          id: 'roles',
          name: say('roles'),
          cell: ({ roles }) => roles.map((role) => words.roles[role]).join(', '),
        },
        {
          id: 'state',
          name: say('state'),
          cell: ({ state }) => <Badge tone={STATE_TONES[state]}>{say(state)}</Badge>,
          sort: ({ state }) => state,
        },
        {
          id: 'seen',
          name: say('seen'),
          cell: ({ seenAt }) => (seenAt === null ? say('never') : forms.moment(seenAt)),
          sort: ({ seenAt }) => seenAt,
        },
        {
          ...{ id: 'passkeys', name: say('passkeys'), isNumber: true },
          cell: ({ passkeys }) => forms.number(passkeys),
          sort: ({ passkeys }) => passkeys,
        },
        {
          ...{ id: 'sessions', name: say('sessions'), isNumber: true },
          cell: ({ sessions }) => forms.number(sessions),
          sort: ({ sessions }) => sessions,
        },
        {
          id: 'entry',
          name: say('entry'),
          cell: ({ entryUntil }) => (entryUntil === null ? '' : forms.moment(entryUntil)),
          sort: ({ entryUntil }) => entryUntil,
        },
      ]}
    />
  );
}

const HOUR = 3_600_000;
const VALID = [1, 24, 72, 168];

function Invite({ shown }: { readonly shown: (secret: Secret) => void }) {
  const say = useSay(WORDS);
  const queries = useQueryClient();
  return (
    <Act
      name={say('invite')}
      lead={say('inviteLead')}
      isMain
      act={async ({ why, form }) => {
        const name = String(form.get('name') ?? '').trim();
        const roles = rolesIn(form);
        if (name === '') throw new Error(say('nameMissing'));
        if (roles.length === 0) throw new Error(say('rolesMissing'));
        const validMs = Number(form.get('valid')) * HOUR;
        const { link, person } = await send<{ readonly link: string; readonly person: PersonEntry }>('people', {
          ...{ name, roles, validMs, why },
        });
        shown({ title: say('invitedNow', { name }), text: link, until: person.entryUntil });
        await queries.invalidateQueries({ queryKey: ['people'] });
        return null;
      }}
    >
      <label htmlFor="invite-name">{say('name')}</label>
      <input id="invite-name" name="name" maxLength={63} autoComplete="off" aria-describedby="invite-name-hint" />
      <p id="invite-name-hint" className="hint">
        {say('nameHint')}
      </p>
      <RoleChoice />
      <label htmlFor="invite-valid">{say('validFor')}</label>
      <select id="invite-valid" name="valid" defaultValue="24">
        {VALID.map((hours) => (
          <option key={hours} value={hours}>
            {hours < 24 ? say('hours', { hours }) : say('days', { days: hours / 24 })}
          </option>
        ))}
      </select>
    </Act>
  );
}
