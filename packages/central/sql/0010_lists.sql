-- A fourth list, and lists as differences (docs/lists.md).

-- Not used in this SQL transaction: PostgreSQL allows it only from the next one on.
alter type list_kind add value 'tariff';

-- The working copy of the tariffs.
create table tariff (
  one boolean primary key default true check (one),
  tariffs text not null       -- JSON, as the protocol has it
);

-- The difference from an older version to the newest, as signed; a later version takes their place.
create table list_delta (
  kind list_kind not null,
  from_version integer not null,
  to_version integer not null,
  document bytea not null,
  primary key (kind, from_version)
);
