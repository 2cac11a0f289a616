-- What carriers handed in.

create table submission (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organization,
  client_id uuid not null references client,
  submitted_at timestamptz not null,
  idempotency_key text,
  body_sha256 bytea not null,
  received integer not null,
  accepted integer not null,
  invalid integer not null,
  duplicates integer not null,
  new_cases integer not null,
  joined_cases integer not null,
  already_listed integer not null,
  unique (organization_id, idempotency_key),
  check (received = accepted + invalid + duplicates),
  check (accepted = new_cases + joined_cases + already_listed)
);
create index submission_organization on submission (organization_id, submitted_at desc, id);
comment on table submission is 'One answered request of a carrier. Written by submit.';

create table submission_error (
  submission_id uuid not null references submission,
  row_number integer not null,
  value text collate "C" not null,
  code text not null,
  detail text not null,
  primary key (submission_id, row_number)
);
comment on table submission_error is 'Rows refused, each with its first fault. Row 1 is the first after the header. Written by submit.';

create table candidate (
  id bigint generated always as identity primary key,
  submission_id uuid not null,
  organization_id uuid not null,
  row_number integer not null,
  list_id text not null,
  value text collate "C" not null,
  raw_value text not null,
  category text not null,
  status text not null default 'pending'
    check (status in ('pending', 'info_requested', 'verified', 'rejected', 'withdrawn')),
  case_id bigint,
  decision_id bigint,
  reports integer,
  reporters integer,
  first_seen timestamptz,
  last_seen timestamptz,
  source text,
  score real,
  originator_code text,
  evidence jsonb not null default '{}'
);
create unique index candidate_submission_row on candidate (submission_id, row_number);
create index candidate_case on candidate (case_id);
create index candidate_info_requested on candidate (organization_id, case_id) where status = 'info_requested';
create index candidate_originator_code on candidate (originator_code, id) where originator_code is not null;
create index candidate_sample on candidate ((('x' || left(evidence ->> 'sampleHash', 16))::bit(64)::bigint))
  where evidence ? 'sampleHash';
comment on index candidate_sample is
  'Equal messages of different cases. Half of the hash as a number: over 300,000 rows that all have a sample 5 MB and a tenth more log, where its text takes 18 MB and a quarter more. Rows without a sample have no part in it.';
comment on table candidate is
  'One accepted row, with the carrier''s evidence. Inserted by submit; review moves its status. No foreign keys: a million rows come in one transaction, and submit writes submission and case in that same transaction.';

create table outcome_counter (
  organization_id uuid primary key references organization,
  last_position bigint not null
);
comment on table outcome_counter is
  'The last position given in a carrier''s feed. Its row lock is held until commit, so positions have no holes and appear in order: a reader never skips one. Written by review.';

create table outcome (
  organization_id uuid not null references organization,
  position bigint not null,
  candidate_id bigint not null,
  decision_id bigint not null references decision,
  primary key (organization_id, position)
);
comment on table outcome is 'A carrier''s feed: one row for each decision on a candidate of its own. Append-only. Written by review.';
create trigger outcome_append_only before update or delete on outcome
  for each row execute function refuse_change();

-- A case whose every candidate was withdrawn leaves the queue; new evidence opens it again.
alter table review_case drop constraint review_case_status_check;
alter table review_case add constraint review_case_status_check
  check (status in ('open', 'awaiting_second', 'verified', 'rejected', 'withdrawn'));
