-- Indexes that do not grow old: what is written now stays together, whatever is stored (docs/performance.md, "History").

-- Records are found by medium and time within a period of 2^29 ms (6.2 days): of an index by medium alone every record would
-- touch another page, and the more of them the larger it is.
create function period_of(moment bigint) returns integer language sql immutable parallel safe
  return (moment >> 29)::integer;

-- Periods of which there are reconciled records.
create table period (id integer primary key);
insert into period select distinct period_of(time) from record;

-- Evidence that did not go straight. Straight transactions of one medium follow each other in time, in what they read and in
-- the medium's counter, so they are found by time alone; of the others each is found by what it read and by its counter.
-- A straight one may stand here too: it is then found both ways.
create table exceptional (
  terminal integer not null,
  serial integer not null,
  medium_id integer not null,
  last_time bigint not null,
  medium_serial integer,             -- of a transaction
  constraint exceptional_reading primary key (medium_id, last_time, terminal, serial)
);
create index exceptional_medium_serial on exceptional (medium_id, medium_serial) where medium_serial is not null;
insert into exceptional select terminal, serial, medium_id, last_time, case when status is not null then medium_serial end
  from record where last_time is not null;

-- Media of which all straight transactions up to a time stand in the table above: those whose counter says the same twice.
create table exceptional_until (
  medium_id integer primary key,
  time bigint not null
);

drop index record_waiting, record_committed, record_reading, record_medium_serial, record_validation;
create index record_receipt on record (receipt);
create index record_chain on record (period_of(time), medium_id, time) where status = 'successful';
create index record_validation on record (period_of(time), medium_id, product_id) where type = 'validation';

-- All records of a medium that are reconciled, and those waiting that report a commit; one medium after the other, by index.
create function records_of(medium integer) returns table ("time" bigint, last_time bigint, amount bigint,
  balance bigint, receipt bigint, terminal integer, serial integer, medium_id integer, last_terminal integer,
  medium_serial integer, type record_type, status commit_status, has_log boolean, extras boolean, product_id text)
language sql stable parallel safe as $$
  select * from (
    select r.* from period e cross join lateral (select * from record r where period_of(r.time) = e.id
      and r.medium_id = medium and r.status = 'successful' offset 0) r
    union all
    select r.* from uncommitted u join record r on r.terminal = u.terminal and r.serial = u.serial where u.medium_id = medium
  ) r offset 0
$$;

-- Time of the medium's last straight transaction; -1 without any. Of what came before this file all stands in `exceptional`.
alter table account add column last_straight bigint not null default -1;

-- Counts what is given anew by a rebuild, so that nobody goes on with numbers of media from before.
alter table progress add column epoch bigint not null default 0;
-- Whoever wrote the last round of a partition may remember its accounts until another one is counted.
alter table partition add column rounds bigint not null default 0;

-- Receipt up to which `period` and `exceptional` are kept. A process of the version before goes on reconciling and knows neither:
-- what it did is caught up on by the next round that knows them.
alter table partition add column indexed bigint not null default 0;
update partition set indexed = reconciled;
