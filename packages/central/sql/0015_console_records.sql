-- What the console lists (docs/console.md).

-- The few records that did not report a commit, in the order of their time: the list of what is in doubt, and of what did
-- not count, is read from here. Straight records do not touch it.
create index uncommitted_by_time on uncommitted (resolved, time, terminal, serial);
