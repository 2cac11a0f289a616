-- Cases under review, and what was decided of them. Decisions are only ever inserted.

create table review_case (
  id bigint generated always as identity primary key,
  list_id text not null,
  value text collate "C" not null,
  number_class text,
  category text not null,
  status text not null default 'open' check (status in ('open', 'awaiting_second', 'verified', 'rejected')),
  revision integer not null default 1,
  reports bigint not null default 0,
  carrier_ids uuid[] not null default '{}',
  score real,
  first_seen timestamptz,
  last_seen timestamptz,
  flags text[] not null default '{}',
  opened_at timestamptz not null,
  updated_at timestamptz not null,
  claimed_by text,
  claimed_until timestamptz,
  unique (list_id, value)
);
create index review_case_queue on review_case (status, reports desc, id desc)
  where status in ('open', 'awaiting_second');
comment on index review_case_queue is 'The queue, most reports first. Only what waits is in it: settled cases are most of the table, and gain evidence without touching it.';
comment on table review_case is
  'One value of one list under review, with the sums of the evidence of all carriers. submit opens and strengthens, review decides; revision rises with either.';

create table decision (
  id bigint generated always as identity primary key,
  case_id bigint not null references review_case,
  case_revision integer not null,
  verdict text not null check (verdict in ('verify', 'reject', 'request_info', 'release')),
  effect text not null check (effect in ('verified', 'rejected', 'info_requested', 'awaiting_second', 'released')),
  category text,
  until date,
  reason text,
  note text,
  urgent boolean not null default false,
  confirms bigint references decision,
  organization_id uuid not null references organization,
  decided_by text not null,
  decided_at timestamptz not null,
  check (reason is not null or verdict not in ('reject', 'release')),
  check (category is not null or verdict <> 'verify')
);
create index decision_case on decision (case_id, id);
comment on table decision is 'What a reviewer decided, why, and what came of it. Append-only. Written by review.';
comment on column decision.until is 'Last day in force in the agency''s time zone; null is permanent.';

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
comment on column decision.confirms is 'The first person''s decision that this one of a second person confirms.';
create trigger decision_append_only before update or delete on decision
  for each row execute function refuse_change();

create table protected_value (
  list_id text not null,
  value text collate "C" not null,
  kind text not null check (kind in ('special', 'bank', 'government', 'default_code', 'opt_out', 'other')),
  note text,
  protected_by text not null,
  protected_at timestamptz not null,
  primary key (list_id, value)
);
comment on table protected_value is
  'Values that only two different people of the agency may list. Special numbers (112, 119 …) are protected by rule, without a row. Written by review.';

create table listing_order (
  id bigint generated always as identity primary key,
  list_id text not null,
  value text collate "C" not null,
  action text not null check (action in ('list', 'release', 'protect', 'renew')),
  category text,
  until date,
  decision_id bigint references decision,
  urgent boolean not null default false,
  ordered_at timestamptz not null,
  check ((action = 'protect') = (decision_id is null)),
  check (category is not null or action not in ('list', 'renew'))
);
create index listing_order_list on listing_order (list_id, id);
comment on table listing_order is
  'The door to publish: what is wanted of the next version, in order. review inserts in the transaction of the decision, submit in that of the evidence that renews an entry; publish takes the row away in the transaction of the version.';
comment on column listing_order.action is
  'list, release: as decided. protect: look at the protection again. renew: keep the line that rests on this decision until a later day; where that line is gone, nothing.';
