-- What the centre concludes. `retap rebuild` makes all of it again; reconciling writes it in one SQL transaction with its cursor.

create type synchronization_kind as enum ('gap', 'fork', 'mismatch');

-- Whoever locks a partition's row owns its media for that SQL transaction.
create table partition (
  id integer primary key,
  reconciled bigint not null default 0  -- receipt
);
insert into partition (id) select generate_series(0, 63);

-- The account copy A′ and what decides whether the next record goes straight: maxima over all records of the medium.
create table account (
  medium_id integer primary key,
  first_time bigint not null,
  max_time bigint not null,
  max_last_time bigint not null,     -- of evidence; -1 without any
  doubt_last_time bigint not null,   -- of transactions not reported successful; -1 without any
  root_time bigint,
  tip_time bigint,
  tip_balance bigint not null default 0,
  records integer not null,
  opens integer not null,
  root_terminal integer,
  root_serial integer,
  tip_terminal integer,
  tip_serial integer,
  tip_medium_serial integer,
  max_medium_serial integer not null, -- of transactions; -1 without any
  tip_alone boolean not null default false -- no other transaction has the tip's time
) with (fillfactor = 75); -- room for HOT updates: no index on what changes with each tap
create index account_unopened on account (first_time) where opens = 0;
create index account_reopened on account (medium_id) where opens > 1;

-- Evidence that did not report a commit: observations, and transactions unsuccessful or unverified.
create table uncommitted (
  terminal integer not null,
  serial integer not null,
  medium_id integer not null,
  time bigint not null,
  last_time bigint not null,
  status commit_status,              -- as reported; null for an observation
  resolved commit_status,            -- null for an observation
  effective boolean not null,        -- it did commit after all
  logged boolean not null,           -- some log names it
  log_refuted boolean not null,      -- some log around it does not
  primary key (terminal, serial)
);
create index uncommitted_time on uncommitted (medium_id, time);
create index uncommitted_effective on uncommitted (medium_id, time) where effective;
create index uncommitted_in_doubt on uncommitted (medium_id) where resolved = 'unverified';
-- the interval (last_time, time) in which a node would make it stale
create index uncommitted_around on uncommitted using gist (box(point(medium_id, last_time), point(medium_id, time)))
  where not effective and last_time < time;

create table synchronization (
  terminal integer not null,
  serial integer not null,
  medium_id integer not null,
  time bigint not null,
  amount bigint not null,
  kind synchronization_kind not null,
  primary key (terminal, serial)
);
create index synchronization_medium on synchronization (medium_id);

create table product (
  medium_id integer not null,
  product_id text collate "C" not null,
  terminal integer not null,
  serial integer not null,
  time bigint not null,
  valid_from bigint,
  valid_until bigint,
  max_uses integer,
  uses integer not null,
  primary key (medium_id, product_id)
) with (fillfactor = 80);

create table pending_validation (
  terminal integer not null,
  serial integer not null,
  medium_id integer not null,
  time bigint not null,
  product_id text collate "C" not null,
  primary key (terminal, serial)
);
create index pending_validation_medium on pending_validation (medium_id, product_id);
create index pending_validation_due on pending_validation (time);

create table clone_member (
  terminal integer not null,
  serial integer not null,
  medium_id integer not null,
  time bigint not null,
  last_time bigint not null,
  primary key (terminal, serial)
);
create index clone_member_medium on clone_member (medium_id);
create index clone_member_around on clone_member using gist (box(point(medium_id, last_time), point(medium_id, time)))
  where last_time < time;

-- Conditions that one record is the cause of. `since` is the time from which maxDelay counts where lateness makes the
-- alert; what holds at once has null. The verdict is found when asked, by index, as time passes.
create table condition (
  terminal integer not null,
  serial integer not null,
  medium_id integer not null,
  kind text collate "C" not null,
  since bigint,
  amount bigint,                     -- balance-mismatch
  missing_terminal integer,          -- missing-transaction
  missing_time bigint,
  primary key (terminal, serial, kind)
);
create index condition_medium on condition (medium_id);
create index condition_due on condition (kind, since);
