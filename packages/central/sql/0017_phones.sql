-- Phones: each a terminal and a medium `P<number>` under one number (docs/phones.md). They stand in `terminal` and `terminal_key` too, where
-- the times are those of the certificate that was given last. Nothing here is made of the batches.

create table phone (
  terminal integer primary key references terminal,
  recovery_digest bytea not null constraint phone_recovery_known unique,  -- SHA-256; the code itself is nowhere
  registered_at bigint not null,
  lost_at bigint,
  moved_to integer,             -- the phone that has the balance of a lost one
  constraint phone_number check (terminal > 1000000000),
  constraint phone_moved check (moved_to is null or lost_at is not null)
);

-- The same key asked for again gets the same number.
create index terminal_key_of_phone on terminal_key (public_key) where terminal > 1000000000;

-- What owners wished, with what was answered: the same wish again gets the same answer.
create table phone_wish (
  terminal integer not null references phone,
  id text collate "C" not null,
  kind text collate "C" not null,
  amount bigint not null,
  serial integer not null,      -- of a reclaim: the payment
  code_digest bytea,            -- of a move: SHA-256 of the recovery code
  answer text collate "C" not null,
  proposal bigint,              -- of a wish that waits for a person
  action_serial integer,        -- of what was ordered
  at bigint not null,
  primary key (terminal, id)
);
-- A payment is given back once for ever.
create unique index phone_wish_reclaimed on phone_wish (terminal, serial) where kind = 'reclaim' and action_serial is not null;
create index phone_wish_waiting on phone_wish (proposal) where proposal is not null;
