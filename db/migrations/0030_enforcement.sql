-- What relays say they blocked, in sums: nothing personal.

create table enforcement (
  id bigint generated always as identity primary key,
  list_id text not null references list,
  value text collate "C" not null,
  client_id uuid not null references client,
  from_at timestamptz not null,
  to_at timestamptz not null,
  blocked bigint not null check (blocked >= 0),
  seen bigint check (seen >= 0),
  received_at timestamptz not null,
  check (from_at < to_at)
);
create unique index enforcement_once on enforcement (client_id, list_id, from_at, to_at, value);
create index enforcement_value on enforcement (list_id, value, to_at);
create index enforcement_to_at on enforcement (to_at);
comment on table enforcement is
  'Messages of a value that a relay blocked, and perhaps saw, in a stretch of time; the same stretch again changes nothing. Append-only. Written by enforcement.';
create trigger enforcement_append_only before update or delete on enforcement
  for each row execute function refuse_change();
