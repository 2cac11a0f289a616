-- A day's analysis of a carrier is a million rows: what each of them costs is left out or done later.

-- The queue's order is a column of its own. Evidence of a long submission raises `reports` at once, in place (a heap-only
-- update, which no index learns of), and the order follows within seconds.
alter table review_case add column queue_reports bigint not null default 0;
update review_case set queue_reports = reports where status in ('open', 'awaiting_second');
alter table review_case set (fillfactor = 50);
comment on column review_case.queue_reports is
  'What the queue is sorted by: `reports`, or less for the seconds in which a long submission is not ranked yet.';

drop index review_case_queue;
drop index review_case_by_category;
drop index review_case_flagged;
create index review_case_queue on review_case (status, queue_reports desc, id desc)
  where status in ('open', 'awaiting_second');
create index review_case_by_category on review_case (status, category, queue_reports desc, id desc)
  where status in ('open', 'awaiting_second');
create index review_case_flagged on review_case (status, queue_reports desc, id desc)
  where status in ('open', 'awaiting_second') and flags <> '{}';
comment on index review_case_queue is 'The queue, most reports first. Only what waits is in it: settled cases are most of the table.';

alter table submission add column unranked_from integer;
create index submission_unranked on submission (submitted_at) where unranked_from is not null;
comment on column submission.unranked_from is
  'The first row whose case the queue has not put in its place yet; null when there is none. Set by submit, moved by review.';

-- Rows are inserted in the transaction that inserts their submission; looking it up for each row would say nothing new.
alter table submission_error drop constraint submission_error_submission_id_fkey;
