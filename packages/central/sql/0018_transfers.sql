-- What phones' records say of each other (docs/transfers.md). Of phones only: terminals above 1000000000, on the medium P<terminal>.

create type transfer_kind as enum ('payment', 'refund', 'cash-out');

-- Facts, written once and never changed: a phone's debits and purchases that name who is paid …
create table transfer_out (
  terminal integer not null,
  serial integer not null,
  medium_id integer not null,
  time bigint not null,
  amount bigint not null,            -- what went out: above 0
  payee integer,                     -- the phone that is paid; null: the centre
  kind transfer_kind not null,
  refers_terminal integer,           -- of a refund: the payment that is given back
  refers_serial integer,
  status commit_status not null,     -- as reported
  primary key (terminal, serial)
);
create index transfer_out_referring on transfer_out (terminal, refers_terminal, refers_serial) where refers_terminal is not null;

-- … and its refills, which a payment or an order has to cover.
create table transfer_in (
  terminal integer not null,
  serial integer not null,
  medium_id integer not null,
  time bigint not null,
  amount bigint not null,
  payer integer,                     -- the record that it refers to; null where an action stands, or neither does
  payer_serial integer,
  action_serial integer,
  action_kind text collate "C",
  status commit_status not null,
  primary key (terminal, serial)
);
create index transfer_in_payment on transfer_in (payer, payer_serial) where payer is not null;
create index transfer_in_action on transfer_in (terminal, action_serial) where action_serial is not null;

-- Where an alert may stand, or come to: whatever of the kind stands is among these, and is told from the facts when somebody asks.
-- What nothing received later can bring back is not here, so that with honest phones there is next to nothing to look through.
create table transfer_doubt (
  terminal integer not null,
  serial integer not null,
  kind text collate "C" not null,    -- of the alert
  medium_id integer not null,
  time bigint not null,              -- of the record
  primary key (terminal, serial, kind)
);
create index transfer_doubt_medium on transfer_doubt (medium_id);
create index transfer_doubt_due on transfer_doubt (kind, time);

-- Payments to phones of which no receipt is here.
create table transfer_unsettled (
  terminal integer not null,
  serial integer not null,
  primary key (terminal, serial)
);

-- What a phone said of itself, signed, the greatest of each. No part of the batches: `retap rebuild` keeps it.
create table phone_said (
  terminal integer primary key,
  said_at bigint not null,
  last_serial integer not null
);

-- By what evidence the centre itself has denied a phone, so that whoever undoes that is not overruled. `retap rebuild` keeps it.
create table phone_denial (
  terminal integer not null,
  evidence text collate "C" not null,  -- `journal-chain-broken 7`: kind of the alert and the serial
  at bigint not null,
  primary key (terminal, evidence)
);

-- Proof that two devices write one phone's journal: only what its own key has signed, for nobody else may bring a phone under suspicion.
create function phone_evidence(phone integer) returns table (evidence text) language sql stable as $$
  select distinct 'conflicting-record ' || serial from conflict where terminal = phone
  union all
  select 'journal-chain-broken ' || serial from chain_break where terminal = phone
  union all
  -- Of the pairs of (13) those of which both are its own.
  select distinct 'cloned-medium ' || a.serial from medium m
  join clone_member a on a.medium_id = m.id and a.terminal = phone
  join record r on r.terminal = a.terminal and r.serial = a.serial
  join clone_member b on b.medium_id = m.id and b.terminal = phone and b.serial <> a.serial
  join record s on s.terminal = b.terminal and s.serial = b.serial
  where m.medium = 'P' || phone and (r.medium_serial = s.medium_serial
    or a.last_time < b.time and b.last_time < a.time and a.last_time < a.time and b.last_time < b.time)
$$;

-- Cash-outs that were paid to their owners. `retap rebuild` keeps it.
create table cash_out_paid (
  terminal integer not null,
  serial integer not null,
  at bigint not null,
  who text collate "C" not null,
  why text not null,
  primary key (terminal, serial)
);
create trigger cash_out_paid_stands before update or delete or truncate on cash_out_paid
  for each statement execute function refuse_change();
