-- People who may ask and steer this centre (docs/people.md). No secret is here: of links, codes, sessions and tokens only the SHA-256.

create table person (
  name text collate "C" primary key,        -- never given to another
  roles text[] collate "C" not null,
  disabled boolean not null default false,
  user_handle bytea not null unique,        -- what a passkey knows the person by; says nothing of them
  invited_at bigint not null,
  seen_at bigint,                           -- of the last sign-in
  constraint person_name check (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
  constraint person_roles check (cardinality(roles) > 0)
);

-- By what somebody without a passkey may register one, once: an invitation's link, or a code for recovery.
create table entry (
  digest bytea primary key,
  person text collate "C" not null references person,
  kind text collate "C" not null,
  valid_until bigint not null,
  constraint entry_kind check (kind in ('link', 'code'))
);
create index entry_person on entry (person);

create table passkey (
  id integer primary key generated always as identity,
  person text collate "C" not null references person,
  credential bytea not null unique,
  public_key bytea not null,                -- COSE
  counter bigint not null,                  -- the authenticator's; 0 where it does not count
  transports text[] not null,
  label text not null,
  added_at bigint not null,
  used_at bigint
);
create index passkey_person on passkey (person);

-- The token is in the person's browser. Whoever removes a passkey ends what was begun by it.
create table session (
  id integer primary key generated always as identity,
  digest bytea not null unique,
  person text collate "C" not null references person,
  passkey integer not null references passkey on delete cascade,
  begun_at bigint not null,
  seen_at bigint not null,
  confirmed_at bigint not null,             -- when the passkey was shown last
  client text not null
);
create index session_person on session (person);

-- What a passkey is to sign, once and soon.
create table passkey_challenge (
  challenge bytea primary key,
  purpose text collate "C" not null,
  person text collate "C" references person,     -- null: whoever signs in
  entry bytea references entry on delete cascade,
  session integer references session on delete cascade,
  valid_until bigint not null,
  constraint challenge_purpose check (
    case purpose when 'sign-in' then num_nonnulls(person, entry, session) = 0
      when 'register' then num_nulls(person, entry) = 0
      when 'add' then num_nulls(person, session) = 0
      when 'confirm' then num_nulls(person, session) = 0 else false end)
);
create index passkey_challenge_until on passkey_challenge (valid_until);

-- For machines.
create table access_token (
  id integer primary key generated always as identity,
  digest bytea not null unique,
  name text not null,
  owner text collate "C" references person,      -- null: made on the command line for nobody
  roles text[] collate "C" not null,
  made_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  revoked_at bigint,
  constraint access_token_roles check (cardinality(roles) > 0)
);
create index access_token_owner on access_token (owner);
