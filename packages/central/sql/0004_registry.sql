-- Who may speak to this centre (docs/enrolment.md). Nothing here is made of the batches, but for the chain at the end.

create type terminal_state as enum ('invited', 'active', 'suspended', 'revoked');

create table terminal (
  terminal integer primary key,
  name text not null,
  role text collate "C" not null,
  state terminal_state not null,
  public_key bytea,      -- null until it is enrolled
  issued_at bigint,      -- of its licence
  expires_at bigint,
  constraint terminal_enrolled check (state in ('invited', 'revoked') or num_nulls(public_key, issued_at, expires_at) = 0)
);

-- Every key that a terminal ever had: what it signed is verified again later.
create table terminal_key (
  terminal integer not null,
  public_key bytea not null,
  since bigint not null,
  primary key (terminal, public_key)
);

-- The code itself is nowhere.
create table enrolment_code (
  digest bytea primary key,
  terminal integer not null,
  valid_until bigint not null,
  used_with bytea        -- the public key; null until it is used
);
create index enrolment_code_terminal on enrolment_code (terminal);

create table terminal_change (
  id bigint primary key generated always as identity,
  terminal integer not null,
  at bigint not null,
  what text collate "C" not null,
  who text not null,
  why text not null
);
create index terminal_change_terminal on terminal_change (terminal, id);

create function refuse_change() returns trigger language plpgsql as
  $$ begin raise exception 'rows of % are added and never changed', tg_table_name; end $$;
create trigger terminal_change_stands before update or delete or truncate on terminal_change
  for each statement execute function refuse_change();

-- Of the uploads. Apart from the registry: receiving must not wait for who reads or changes that.
create table terminal_seen (
  terminal integer primary key,
  seen_at bigint not null,       -- by the centre's clock
  clock_offset bigint            -- the centre's clock minus the terminal's, with the way of the upload in it
);

-- What signed batches say of a terminal's hash chain: the link before a serial. Made from the batches.
create table chain_link (
  terminal integer not null,
  serial bigint not null,        -- one more than the last serial, and a record may have the greatest integer
  link bytea not null,
  primary key (terminal, serial, link)
);
create table chain_break (
  terminal integer not null,
  serial bigint not null,
  primary key (terminal, serial)
);
