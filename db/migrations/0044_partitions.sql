-- What grows for ever lies in partitions by month (UTC), which servers make ahead: the audit record by the time of the
-- event, and what relays report by the end of its stretch. Rows that no month takes are in *_other; rows from before,
-- if there were any, in *_first, as they lay. Names and columns stay, so that the release before goes on writing.

-- The audit record. A position is given under a lock: no index over all partitions could hold it unique.
create sequence audit_event_id;
alter table audit_event rename to audit_event_first;
drop trigger audit_event_append_only on audit_event_first;
alter table audit_event_first alter id drop identity,
  drop constraint audit_event_pkey, drop constraint audit_event_position_key;
alter index audit_event_waiting rename to audit_event_first_waiting;
alter index audit_event_at rename to audit_event_first_at;
alter index audit_event_actor rename to audit_event_first_actor;
alter index audit_event_target rename to audit_event_first_target;

create table audit_event (
  id bigint not null default nextval('audit_event_id'),
  at timestamptz not null,
  operation text not null,
  actor_kind text not null,
  actor_id text,
  organization_id uuid,
  address text,
  request_id text,
  target text not null,
  changes jsonb not null,
  position bigint,
  hash bytea,
  constraint audit_event_actor_kind_check check (actor_kind in ('client', 'person', 'exchange', 'anonymous')),
  constraint audit_event_check check ((position is null) = (hash is null)),
  primary key (id, at)
) partition by range (at);
alter sequence audit_event_id owned by audit_event.id;
create index audit_event_position on audit_event (position);
create index audit_event_waiting on audit_event (id) where position is null;
create index audit_event_at on audit_event (at);
create index audit_event_actor on audit_event (actor_id, position) where actor_id is not null;
create index audit_event_target on audit_event (target, position);
comment on table audit_event is 'What was done. Never changed but once: position and hash are given after the commit. Inserted by every feature through audit; no partition is ever dropped.';
comment on column audit_event.changes is '[{field, before, after}], texts or null.';
create trigger audit_event_append_only before update or delete on audit_event
  for each row execute function refuse_audit_change();
create trigger audit_event_no_truncate before truncate on audit_event
  for each statement execute function refuse_change();

-- What relays report.
create sequence enforcement_id;
alter table enforcement rename to enforcement_first;
drop trigger enforcement_append_only on enforcement_first;
alter table enforcement_first alter id drop identity, drop constraint enforcement_pkey;
alter index enforcement_once rename to enforcement_first_once;
alter index enforcement_value rename to enforcement_first_value;
alter index enforcement_to_at rename to enforcement_first_to_at;

create table enforcement (
  id bigint not null default nextval('enforcement_id'),
  list_id text not null constraint enforcement_list_id_fkey references list,
  value text collate "C" not null,
  client_id uuid not null constraint enforcement_client_id_fkey references client,
  from_at timestamptz not null,
  to_at timestamptz not null,
  blocked bigint not null constraint enforcement_blocked_check check (blocked >= 0),
  seen bigint constraint enforcement_seen_check check (seen >= 0),
  received_at timestamptz not null,
  constraint enforcement_check check (from_at < to_at),
  primary key (id, to_at)
) partition by range (to_at);
alter sequence enforcement_id owned by enforcement.id;
create unique index enforcement_once on enforcement (client_id, list_id, from_at, to_at, value);
create index enforcement_value on enforcement (list_id, value, to_at);
create index enforcement_to_at on enforcement (to_at);
comment on table enforcement is
  'Messages of a value that a relay blocked, and perhaps saw, in a stretch of time; the same stretch again changes nothing. Append-only; old months are dropped whole. Written by enforcement.';
create trigger enforcement_append_only before update or delete on enforcement
  for each row execute function refuse_change();

-- Up to the end of the month in which the last of the rows from before lies, and of the present one.
do $$
declare
  after text;
begin
  if exists (select from audit_event_first) then
    perform setval('audit_event_id', (select max(id) from audit_event_first));
    select (date_trunc('month', greatest(now(), max(at)) at time zone 'UTC') + interval '1 month') at time zone 'UTC'
      into after from audit_event_first;
    execute format('alter table audit_event attach partition audit_event_first for values from (minvalue) to (%L)', after);
  else
    drop table audit_event_first;
  end if;
  if exists (select from enforcement_first) then
    perform setval('enforcement_id', (select max(id) from enforcement_first));
    select (date_trunc('month', greatest(now(), max(to_at)) at time zone 'UTC') + interval '1 month') at time zone 'UTC'
      into after from enforcement_first;
    execute format('alter table enforcement attach partition enforcement_first for values from (minvalue) to (%L)', after);
  else
    drop table enforcement_first;
  end if;
end $$;
create table audit_event_other partition of audit_event default;
create table enforcement_other partition of enforcement default;
create trigger audit_event_no_truncate before truncate on audit_event_other
  for each statement execute function refuse_change();
