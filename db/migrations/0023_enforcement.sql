-- What relays blocked, as they report it: counts of a value in a period, never messages, never people.

create table enforcement_report (
  id bigint generated always as identity primary key,
  client_id uuid not null references client,
  list_id text not null references list,
  idempotency_key text,
  body_sha256 bytea not null,
  period_from timestamptz not null,
  period_to timestamptz not null,
  received_at timestamptz not null,
  recorded integer not null,
  unknown integer not null,
  blocked bigint not null,
  check (period_from < period_to),
  unique (client_id, list_id, idempotency_key)
);
create index enforcement_report_period on enforcement_report (list_id, period_to);
comment on table enforcement_report is
  'One report of a relay: what it blocked in a period. Append-only. Written by enforcement.';
comment on column enforcement_report.unknown is 'Values that were never on the list: not kept.';

create table enforcement_count (
  report_id bigint not null references enforcement_report,
  value text collate "C" not null,
  blocked bigint not null check (blocked > 0),
  primary key (report_id, value)
);
create index enforcement_count_value on enforcement_count (value);
comment on table enforcement_count is 'How often each value of a report was blocked. Append-only. Written by enforcement.';

create trigger enforcement_report_append_only before update or delete on enforcement_report
  for each row execute function refuse_change();
create trigger enforcement_count_append_only before update or delete on enforcement_count
  for each row execute function refuse_change();
