-- How each terminal's clock stands, by its own signed word (docs/enrolment.md, "Clocks"). Nothing here is made of the batches.

create table terminal_clock (
  terminal integer primary key,
  clock_offset bigint not null,  -- the centre's clock minus the terminal's
  delay bigint not null,         -- round trip of the exchange that it was measured by
  measured_at bigint not null    -- by the centre's clock, in its answer
);
