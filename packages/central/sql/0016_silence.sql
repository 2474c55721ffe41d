-- Cases by what they come of, and causes that somebody has silenced (docs/console.md, "Alerts"). `retap rebuild` keeps all of it.

-- What stands behind a case: the terminal that its alert names, else the medium. An old state of a medium is the medium's, wherever it
-- was shown. Generated, for a process of the version before goes on raising cases and does not know it.
alter table alert_case add column cause text collate "C" not null generated always as (
  case when terminal is null or kind = 'stale-medium' then kind || ':' || coalesce(medium, '')
    else 'terminal:' || terminal::text end) stored;

-- Of the open ones all that groups are made of, so that however many were ever cured, none of them is read.
create index alert_case_open on alert_case (cause, last_appearance) include (state, kind, appeared_at, terminal, assigned_to)
  where state in ('new', 'acknowledged', 'assigned');

-- Until then the cases of a cause stand apart; those too that are raised meanwhile.
create table alert_silence (
  cause text collate "C" primary key,
  until bigint not null,
  at bigint not null,
  who text collate "C" not null,
  why text not null
);

-- How long it took until somebody saw to a case.
create index alert_case_step_end on alert_case_step (at, id) where what in ('acknowledged', 'assigned', 'resolved', 'cured');

-- What a terminal has not delivered.
create index condition_owed on condition (missing_terminal, missing_time, medium_id) include (since)
  where kind = 'missing-transaction';
