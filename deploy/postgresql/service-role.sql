-- A role for the service that owns nothing: it may not change the schema, nor what is only ever added to. Run by the owner of the database,
-- after each upgrade too (new tables):  psql -d retap -f service-role.sql
-- Upgrades, `retap rebuild` and `retap init` are run as the owner.

do $$ begin
  if not exists (select from pg_roles where rolname = 'retap_service') then
    create role retap_service login;
  end if;
end $$;

grant usage on schema public to retap_service;
grant select, insert, update, delete on all tables in schema public to retap_service;
-- What is derived from the batches and made anew at once, where `serve --keys` is given other keys.
grant truncate on proof, proof_shift, proof_repeated to retap_service;
grant usage, select on all sequences in schema public to retap_service;

-- What is kept for ever: the batches, and who did what. Only ever added to, here as well as by the schema's own triggers.
do $$ declare t regclass; begin
  for t in select c.oid from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
    and (c.relname in ('batch', 'quarantine', 'migration') or exists (
      select from pg_trigger g where g.tgrelid = c.oid and g.tgname like '%\_stands' and g.tgtype & 24 = 24)) -- both update and delete
  loop
    execute format('revoke update, delete, truncate on %s from retap_service', t);
  end loop;
end $$;
revoke insert on migration from retap_service;
