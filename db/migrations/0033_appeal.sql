-- Objections to a value being listed, and what carriers answer when they are asked.

create table appeal (
  id bigint generated always as identity primary key,
  list_id text not null references list,
  value text collate "C" not null,
  case_id bigint not null references review_case,
  category text not null,
  organization_id uuid not null references organization,
  filed_by text not null,
  filed_at timestamptz not null,
  statement text,
  contact text,
  on_behalf_of text,
  due_on date not null,
  status text not null default 'filed' check (status in ('filed', 'accepted', 'denied', 'withdrawn')),
  note text,
  release_id bigint references decision,
  decided_by text,
  decided_at timestamptz,
  check ((status in ('accepted', 'denied')) = (decided_at is not null))
);
create unique index appeal_open on appeal (list_id, value, organization_id, coalesce(on_behalf_of, '')) where status = 'filed';
create index appeal_due on appeal (due_on, id);
create index appeal_filed_due on appeal (due_on, id) where status = 'filed';
create index appeal_value on appeal (list_id, value, id);
create index appeal_organization on appeal (organization_id, due_on, id);
comment on table appeal is 'An objection to a value being listed. Written by review. Statement, contact and the name of a caller are erased after their time.';

create table information (
  id bigint generated always as identity primary key,
  candidate_id bigint not null,
  text text,
  given_at timestamptz not null
);
create index information_candidate on information (candidate_id, id);
create index information_given_at on information (given_at) where text is not null;
comment on table information is 'What a carrier answered about a candidate when the agency asked. Written by review. No foreign key, as candidate has none.';
