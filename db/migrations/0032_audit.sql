-- Who did what, when, from where: each event is inserted in the transaction of the act, and numbered and chained
-- once that is committed, so that positions have no hole and no act waits for another's.

create table audit_event (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  operation text not null,
  actor_kind text not null check (actor_kind in ('client', 'person', 'exchange', 'anonymous')),
  actor_id text,
  organization_id uuid,
  address text,
  request_id text,
  target text not null,
  changes jsonb not null,
  position bigint unique,
  hash bytea,
  check ((position is null) = (hash is null))
);
create index audit_event_waiting on audit_event (id) where position is null;
create index audit_event_at on audit_event (at);
create index audit_event_actor on audit_event (actor_id, position) where actor_id is not null;
create index audit_event_target on audit_event (target, position);
comment on table audit_event is 'What was done. Never changed but once: position and hash are given after the commit. Inserted by every feature through audit.';
comment on column audit_event.changes is '[{field, before, after}], texts or null.';

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.position is null and new.position is not null
     and to_jsonb(new) - 'position' - 'hash' = to_jsonb(old) - 'position' - 'hash' then
    return new;
  end if;
  raise exception 'audit_event is append-only' using errcode = 'restrict_violation';
end $$;
create trigger audit_event_append_only before update or delete on audit_event
  for each row execute function refuse_audit_change();
create trigger audit_event_no_truncate before truncate on audit_event
  for each statement execute function refuse_change();
