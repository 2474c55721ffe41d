-- Events sent to other systems (docs/events.md). `retap rebuild` keeps all of it.

create table webhook (
  id bigint primary key generated always as identity,
  url text not null,
  types text[] collate "C" not null,
  enabled boolean not null default true,
  secret bytea not null,                   -- sealed by the process that sends: here it tells nobody anything
  earlier_secret bytea,                    -- signs too, until then
  earlier_until bigint,
  position bigint not null,                -- every event up to here is delivered, or is none of its types
  failures integer not null default 0,     -- in a row
  failing_since bigint,
  next_at bigint not null default 0,       -- not before
  lease text,                              -- of whoever sends just now
  leased_until bigint not null default 0,
  made_at bigint not null,
  constraint webhook_types check (cardinality(types) > 0)
);

create table webhook_attempt (
  id bigint primary key generated always as identity,
  webhook bigint not null references webhook on delete cascade,
  position bigint not null,
  at bigint not null,
  outcome text collate "C" not null,
  status integer,                          -- of the answer; null where there was none
  took_ms integer not null
);
create index webhook_attempt_webhook on webhook_attempt (webhook, id);
