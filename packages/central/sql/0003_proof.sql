-- What the cards' own proofs say (docs/proof.md). Made from the batches and the keys: empty where no key was ever given.

-- One row. Every batch up to `judged` was judged by the keys that `keys` names.
create table judging (
  one boolean primary key default true check (one),
  judged bigint not null default 0,  -- receipt
  keys text not null default ''
);
insert into judging default values;

create type proof_verdict as enum ('valid', 'invalid', 'missing', 'none');

-- One row for each transaction of a medium that can prove.
create table proof (
  terminal integer not null,
  serial integer not null,
  medium_id integer not null,
  verdict proof_verdict not null,
  counter bigint,                 -- TMC, where the proof is valid
  medium_serial bigint,           -- one more is asked for, and a record may have the greatest integer
  reader integer,                 -- terminal of the commit before, as the card says it
  reader_differs boolean not null,
  settled boolean not null,       -- no valid proof of its own, and the next commit's shows that it took place
  contradicted boolean not null,  -- … or shows that it did not
  primary key (terminal, serial)
);
create index proof_counter on proof (medium_id, counter) where verdict = 'valid';
create index proof_medium_serial on proof (medium_id, medium_serial) where verdict = 'valid';
create index proof_unproved on proof (medium_id, medium_serial) where verdict in ('missing', 'none');
create index proof_fault on proof (verdict, terminal, serial) where verdict in ('invalid', 'missing');
create index proof_open on proof (terminal, serial) where verdict = 'none' and not settled;
create index proof_contradicted on proof (terminal, serial) where verdict = 'none' and contradicted;
create index proof_reader on proof (terminal, serial) where reader_differs;

-- Least and greatest difference between TMC and the commit counter of a medium, over its valid proofs.
create table proof_shift (
  medium_id integer primary key,
  least bigint not null,
  greatest bigint not null
);
create index proof_shift_moved on proof_shift (medium_id) where least < greatest;

-- Values of TMC under which a medium has several valid proofs.
create table proof_repeated (
  medium_id integer not null,
  counter bigint not null,
  primary key (medium_id, counter)
);
