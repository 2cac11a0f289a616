-- Evidence lies in partitions by the month in which it was handed in, as the audit record does since 0044. What was there
-- before is taken as it lies, as candidate_first: nothing is rewritten and no index is built, its rows are only read once
-- for the check. Names and columns stay, so that the release before goes on writing.

-- A constant to begin with, which changes no row.
alter table submission add column received_on date not null default '-infinity';
alter table submission alter received_on set default (now() at time zone 'UTC')::date;
comment on column submission.received_on is
  'The day (UTC) of submitted_at, or -infinity before there were partitions; that of all its candidates, whose partition it tells.';
alter table candidate add column received_on date not null default '-infinity';
alter table review_case add column evidence_from date not null default '-infinity';
alter table review_case alter evidence_from set default (now() at time zone 'UTC')::date - 1;
comment on column review_case.evidence_from is
  'No candidate of it is of a day before: earlier months need not be looked at. The day before it first opened, for submissions that were under way.';
alter table outcome add column received_on date;
comment on column outcome.received_on is 'That of its candidate; null from a release that knew none.';

create sequence candidate_id;
select setval('candidate_id', coalesce(max(id), 1), max(id) is not null) from candidate;
alter table candidate rename to candidate_first;
alter table candidate_first alter id drop identity;
alter table candidate_first rename constraint candidate_pkey to candidate_first_pkey;
alter index candidate_submission_row rename to candidate_first_submission_row;
alter index candidate_case rename to candidate_first_case;
alter index candidate_info_requested rename to candidate_first_info_requested;
alter index candidate_originator_code rename to candidate_first_originator_code;
alter index candidate_sample rename to candidate_first_sample;

create table candidate (
  id bigint not null default nextval('candidate_id'),
  submission_id uuid not null,
  organization_id uuid not null,
  row_number integer not null,
  list_id text not null,
  value text collate "C" not null,
  raw_value text not null,
  category text not null,
  status text not null default 'pending',
  case_id bigint,
  decision_id bigint,
  reports integer,
  reporters integer,
  first_seen timestamptz,
  last_seen timestamptz,
  source text,
  score real,
  originator_code text,
  evidence jsonb not null default '{}',
  received_on date not null default (now() at time zone 'UTC')::date,
  constraint candidate_status_check check (status in ('pending', 'info_requested', 'verified', 'rejected', 'withdrawn'))
) partition by range (received_on);
alter sequence candidate_id owned by candidate.id;
create index candidate_case on candidate (case_id);
create index candidate_info_requested on candidate (organization_id, case_id) where status = 'info_requested';
create index candidate_originator_code on candidate (originator_code, id) where originator_code is not null;
create index candidate_sample on candidate (((('x' || left(evidence ->> 'sampleHash', 16))::bit(64))::bigint))
  where evidence ? 'sampleHash';
comment on table candidate is
  'One accepted row, with the carrier''s evidence. Inserted by submit; review moves its status. No foreign keys: a million rows come in one transaction, and submit writes submission and case in that same transaction. Keys are those of each partition.';
comment on column candidate.received_on is 'As that of its submission.';

-- Up to the end of the present month, in which the release before may still write.
do $$
declare
  after date := (date_trunc('month', now() at time zone 'UTC') + interval '1 month')::date;
begin
  if exists (select from candidate_first) then
    execute format('alter table candidate_first add check (received_on < %L)', after);
    execute format('alter table candidate attach partition candidate_first for values from (minvalue) to (%L)', after);
  else
    drop table candidate_first;
  end if;
end $$;
-- A month is made like it, keys included.
create table candidate_other partition of candidate default;
alter table candidate_other add primary key (id);
create unique index candidate_other_submission_row on candidate_other (submission_id, row_number);
