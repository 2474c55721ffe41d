-- Who did what to the centre, for ever (docs/audit.md), and what waits for a second person. Nothing here is made of the batches.

-- One row. The log's name, in the hash before its first entry: no other database's log can be passed off as this one's.
create table audit_log (
  one boolean primary key default true check (one),
  id bytea not null
);
insert into audit_log (id) values (uuid_send(gen_random_uuid()));
create trigger audit_log_stands before update or delete or truncate on audit_log
  for each statement execute function refuse_change();

create type audit_outcome as enum ('done', 'refused');

create table audit (
  id bigint primary key,          -- 1, 2, 3, … without holes, in the order of commits
  at bigint not null,
  who text collate "C" not null,
  what text collate "C" not null,
  object text collate "C" not null,
  outcome audit_outcome not null,
  detail text not null,           -- canonical JSON
  hash bytea not null             -- SHA-256(hash before || line)
);
create index audit_who on audit (who, id);
create index audit_what on audit (what, id);
create trigger audit_stands before update or delete or truncate on audit
  for each statement execute function refuse_change();

-- What an SQL transaction under way will have in the log. Empty for everybody else, so nothing of it is lost with a crash.
create unlogged table audit_waiting (
  place bigint primary key generated always as identity,
  at bigint not null,
  who text not null,
  what text not null,
  object text not null,
  outcome audit_outcome not null,
  detail text not null,
  rest text not null              -- of the line, after the id
);

-- Runs at commit. Only then is the log locked: it is the last lock of every SQL transaction, wherever in it the entry was
-- written, so that none can wait in a circle; and ids become visible in their order.
create function chain_audit() returns trigger language plpgsql as $$
declare
  last_id bigint;
  last_hash bytea;
begin
  perform pg_advisory_xact_lock(1919251570);
  select id, hash into last_id, last_hash from audit order by id desc limit 1;
  if not found then
    select 0, sha256(convert_to('retap audit log 1', 'UTF8') || id) into strict last_id, last_hash from audit_log;
  end if;
  insert into audit values (last_id + 1, new.at, new.who, new.what, new.object, new.outcome, new.detail,
    sha256(last_hash || convert_to('[' || (last_id + 1) || ',' || new.rest, 'UTF8')));
  delete from audit_waiting where place = new.place;
  return null;
end $$;
create constraint trigger audit_waiting_chained after insert on audit_waiting
  deferrable initially deferred for each row execute function chain_audit();

-- What the centre's identity has signed of the log: its size and the hash of its last entry.
create table audit_checkpoint (
  size bigint primary key,
  at bigint not null,
  head bytea not null,            -- hash of the last entry
  document bytea not null
);
create trigger audit_checkpoint_stands before update or delete or truncate on audit_checkpoint
  for each statement execute function refuse_change();

create type proposal_state as enum ('proposed', 'approved', 'rejected', 'withdrawn', 'expired');

create table proposal (
  id bigint primary key generated always as identity,
  kind text collate "C" not null,
  object text collate "C" not null,
  entry text not null,            -- JSON, as its kind has it
  state proposal_state not null default 'proposed',
  proposed_by text collate "C" not null,
  proposed_at bigint not null,
  why text not null,
  expires_at bigint not null,
  decided_by text collate "C",
  decided_at bigint,
  decided_why text,
  result text,                    -- JSON: what came of carrying it out
  constraint proposal_decided check ((state = 'proposed') = (decided_at is null)),
  constraint proposal_by_another check (state <> 'approved' or decided_by <> proposed_by),
  constraint proposal_carried_out check ((state = 'approved') = (result is not null))
);
create index proposal_waiting on proposal (id) where state = 'proposed';

create function refuse_second_decision() returns trigger language plpgsql as
  $$ begin raise exception 'proposal % is decided, and that is never changed', old.id; end $$;
create trigger proposal_stands before update on proposal
  for each row when (old.state <> 'proposed') execute function refuse_second_decision();
create trigger proposal_kept before delete or truncate on proposal
  for each statement execute function refuse_change();
