-- Work on alerts (docs/alerts.md), and what happens here for others to hear of (docs/events.md). An alert is read off the
-- records and has no row of its own; a case is what people do about it. `retap rebuild` keeps everything in this file.

create type alert_case_state as enum ('new', 'acknowledged', 'assigned', 'resolved', 'cured');

-- One row for each alert that ever stood; one that comes back is the same case.
create table alert_case (
  id bigint primary key generated always as identity,
  raised_at bigint not null,               -- when it first stood
  appeared_at bigint not null,             -- when it last began to stand
  cured_at bigint,
  terminal integer,
  appearances integer not null default 1,
  state alert_case_state not null default 'new',
  kind text collate "C" not null,
  key text collate "C" not null,           -- with the kind: which alert it is
  medium text collate "C",                 -- by name: numbers of media are given anew by a rebuild
  alert text not null,                     -- JSON, as it last stood
  assigned_to text collate "C",
  reason text,                             -- why it was resolved
  cure text,                               -- JSON: what it was cured by
  constraint alert_case_known unique (kind, key),
  constraint alert_case_cured check ((state = 'cured') = (cured_at is not null) and (state = 'cured') = (cure is not null)),
  constraint alert_case_assigned check (state <> 'assigned' or assigned_to is not null),
  constraint alert_case_resolved check (state <> 'resolved' or reason is not null)
);
create index alert_case_medium on alert_case (medium, id) where medium is not null;
create index alert_case_terminal on alert_case (terminal, id) where terminal is not null;
create index alert_case_state on alert_case (state, id);
create index alert_case_assigned on alert_case (assigned_to, id) where assigned_to is not null;
create index alert_case_proof on alert_case (id) where kind like 'proof-%' and state <> 'cured';

create table alert_case_step (
  id bigint primary key generated always as identity,
  case_id bigint not null,
  at bigint not null,
  who text collate "C" not null,
  what text collate "C" not null,
  detail text not null                     -- JSON
);
create index alert_case_step_case on alert_case_step (case_id, id);
create trigger alert_case_step_stands before update or delete or truncate on alert_case_step
  for each statement execute function refuse_change();

-- Where alerts may have come or gone since the watcher last looked; written in the SQL transaction that changed them.
create table alert_touched (
  id bigint primary key generated always as identity,
  medium_id integer,
  terminal integer,
  constraint alert_touched_one check (num_nonnulls(medium_id, terminal) = 1)
);

-- One row: how far the watcher has looked.
create table alert_watch (
  one boolean primary key default true check (one),
  started boolean not null default false,      -- else nothing is noted as touched, and the first look goes through everything
  waits_for bigint not null default 0,         -- receipt: a rebuild has forgotten what is reconciled, up to here
  proofs_wait_for bigint not null default 0,   -- receipt: proofs are judged anew, up to here
  due_to bigint not null default 0,            -- asOf of the last look: what fell due until then has been seen
  ahead_of bigint,                             -- a record later than this one may be in the future; null before the first look
  seen_to bigint not null default 0            -- receipt: all touched until then has been looked at
);
insert into alert_watch default values;

-- With a gap before it: such a run falls due by its first record.
create index journal_run_after_gap on journal_run (first_time) where first_serial > 1;

-- What happened, before it has its place; written in the SQL transaction of what happened, which waits for nobody by it.
create table event_waiting (
  id bigint primary key generated always as identity,
  at bigint not null,
  type text collate "C" not null,
  data text not null                       -- JSON
);
-- In the order in which it became known: positions 1, 2, 3, … without holes, none of them visible after a greater one.
create table event (
  position bigint primary key,
  at bigint not null,
  type text collate "C" not null,
  data text not null
);
create table event_place (
  one boolean primary key default true check (one),
  last bigint not null default 0
);
insert into event_place default values;

-- Of what is in the audit log for good, that which others hear of: never its detail, but for the reason given.
create function tell_audited() returns trigger language plpgsql as $$
declare
  detail json := new.detail::json;
  type text := case
    when new.what in ('terminal.invited', 'terminal.enrolled', 'terminal.key-replaced', 'terminal.suspended',
      'terminal.resumed', 'terminal.revoked', 'terminal.renewed') then new.what
    when new.what in ('deny.published', 'actions.published', 'limits.published', 'tariff.published') then 'list.published'
    when new.what in ('proposal.made', 'proposal.proposed') then 'proposal.made'
    when new.what like 'proposal.%' then 'proposal.decided'
    when new.what like 'person.%' and new.what not like 'person.sign%' then 'person.changed'
    when new.what like 'webhook.%' then 'webhook.changed'
  end;
begin
  if type is null then return null; end if;
  insert into event_waiting (at, type, data) values (new.at, type, json_strip_nulls(json_build_object('who', new.who,
    'what', new.what, 'object', new.object, 'why', detail ->> 'why', 'version', detail -> 'version', 'audit', new.id))::text);
  return null;
end $$;
create trigger audit_told after insert on audit for each row when (new.outcome = 'done') execute function tell_audited();
