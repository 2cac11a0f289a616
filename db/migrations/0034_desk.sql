-- What the desk needs at a million open cases, and who decides: people, or systems that propose.

alter table decision add column by_person boolean not null default false;
comment on column decision.by_person is
  'Decided by a person who signed in. Only people count where two of them must agree: a system may propose, and never confirm.';

create index review_case_by_age on review_case (status, id) where status in ('open', 'awaiting_second');
create index review_case_by_category on review_case (status, category, reports desc, id desc)
  where status in ('open', 'awaiting_second');
create index review_case_flagged on review_case (status, reports desc, id desc)
  where status in ('open', 'awaiting_second') and flags <> '{}';
create index review_case_claimed on review_case (claimed_by, id) where claimed_by is not null;
comment on index review_case_claimed is 'What somebody holds; few rows, released when they sign out.';

alter table submission add column texts_erased_at timestamptz;
create index submission_texts on submission (submitted_at) where texts_erased_at is null;
comment on column submission.texts_erased_at is
  'When samples, URLs and notes of its candidates were erased, after their time; hashes stay. Written by review.';
