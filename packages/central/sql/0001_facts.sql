-- What was received, and nothing concluded from it. Rows of these tables are written once and never changed.

create type record_type as enum ('open', 'refill', 'debit', 'purchase', 'validation', 'observation');
create type commit_status as enum ('successful', 'unsuccessful', 'unverified');

-- Media are spread over 64 partitions; the number is in every database and never changes.
create function partition_of(medium_id integer) returns integer language sql immutable parallel safe
  return medium_id % 64;

create table setting (
  name text primary key,
  value text not null
);

-- One row. Locking it orders all receiving, so that receipt numbers become durable in the order in which they are
-- given: with a sequence, number 6 could be committed before 5, and a cursor would step over 5 for ever.
create table progress (
  one boolean primary key default true check (one),
  received bigint not null default 0,  -- highest receipt given
  recorded bigint not null default 0,  -- every batch up to here is in the tables below; behind only while rebuilding
  latest_time bigint not null default 0  -- of any record
);
insert into progress default values;

create table batch (
  receipt bigint primary key,
  received_at bigint not null,
  form text collate "C" not null,
  digest bytea not null constraint batch_repeated unique,
  accepted integer not null,
  body bytea not null  -- deflated
);
alter table batch alter column body set storage external; -- it is compressed already

create table quarantine (
  receipt bigint not null,
  position integer not null,
  reason text not null,
  primary key (receipt, position)
);

create table medium (
  id integer primary key generated always as identity,
  medium text collate "C" not null constraint medium_known unique
);

create table record (
  time bigint not null,
  last_time bigint,
  amount bigint,
  balance bigint not null,
  receipt bigint not null,
  terminal integer not null,
  serial integer not null,
  medium_id integer not null,
  last_terminal integer,
  medium_serial integer,
  type record_type not null,
  status commit_status,
  has_log boolean not null,
  extras boolean not null,  -- it says more than these columns hold; the batch has it
  product_id text collate "C",
  constraint record_identity primary key (terminal, serial)
);
create index record_waiting on record (partition_of(medium_id), receipt);
create index record_committed on record (medium_id, time) where status = 'successful';
create index record_reading on record (medium_id, last_time) where last_time is not null;
create index record_medium_serial on record (medium_id, medium_serial) where medium_serial is not null and status is not null;
create index record_validation on record (medium_id, product_id) where type = 'validation';
create index record_overdrawn on record (medium_id) where balance < 0;

create table purchase (
  terminal integer not null,
  serial integer not null,
  medium_id integer not null,
  receipt bigint not null,
  time bigint not null,
  valid_from bigint,
  valid_until bigint,
  max_uses integer,
  product_id text collate "C" not null,
  code text collate "C" not null,
  primary key (terminal, serial)
);
create index purchase_product on purchase (medium_id, product_id);

-- The medium's own log as evidence carried it. A transaction between its ends is confirmed by it, or perhaps refuted:
-- the box is the interval [first entry, last entry or last commit] of the medium, so that a point finds all logs around it.
create table medium_log (
  terminal integer not null,
  serial integer not null,
  medium_id integer not null,
  receipt bigint not null,
  last_time bigint not null,
  first_entry bigint not null,
  reach bigint not null,
  times bigint[] not null,
  terminals integer[] not null,
  primary key (terminal, serial)
);
create index medium_log_around on medium_log using gist (box(point(medium_id, first_entry), point(medium_id, reach)));

-- Serials received of a terminal, as maximal runs. Holes and the order of times between runs are read off at query time;
-- a fault of order inside a run can never be cured and is kept.
create table journal_run (
  terminal integer not null,
  first_serial integer not null,
  last_serial integer not null,
  first_time bigint not null,
  last_time bigint not null,
  primary key (terminal, first_serial)
);
create table time_disorder (
  terminal integer not null,
  serial integer not null,
  primary key (terminal, serial)
);
create table conflict (
  terminal integer not null,
  serial integer not null,
  receipt bigint not null,
  position integer not null,
  primary key (receipt, position)
);
create index conflict_identity on conflict (terminal, serial);
