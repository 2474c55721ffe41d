-- Lists from the centre to its terminals (docs/lists.md). Nothing here is made of the batches, but for the actions carried out.

create type list_kind as enum ('deny', 'actions', 'limits');

-- The working copy: what the next versions will say.
create table denied_medium (
  medium text collate "C" primary key
);
create table ordered_action (
  medium text collate "C" not null,
  serial integer not null,    -- 1, 2, 3, … per medium, never given twice
  action text not null,       -- JSON, as the protocol has it
  primary key (medium, serial)
);
create table offline_limits (
  one boolean primary key default true check (one),
  limits text not null        -- JSON, as the protocol has it
);

-- Who changed the working copy, and why. `entry`: the medium, the action or the limits.
create table list_change (
  id bigint primary key generated always as identity,
  kind list_kind not null,
  at bigint not null,
  what text collate "C" not null,
  entry text not null,
  who text not null,
  why text not null
);
create trigger list_change_stands before update or delete or truncate on list_change
  for each statement execute function refuse_change();

-- As signed.
create table list_version (
  kind list_kind not null,
  version integer not null,
  issued_at bigint not null,
  expires_at bigint not null,
  document bytea not null,
  primary key (kind, version)
);
create trigger list_version_stands before update or delete or truncate on list_version
  for each statement execute function refuse_change();

-- What a terminal last said that it holds; 0: none.
create table list_held (
  terminal integer not null,
  kind list_kind not null,
  version integer not null,
  said_at bigint not null,    -- by the terminal's clock
  at bigint not null,         -- by the centre's
  primary key (terminal, kind)
);

-- Records that carried an action out, or tried to. Made from the batches.
create table carried_action (
  terminal integer not null,
  serial integer not null,
  medium_id integer not null,
  action_serial integer not null,
  primary key (terminal, serial)
);
create index carried_action_medium on carried_action (medium_id, action_serial);
