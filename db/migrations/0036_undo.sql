-- A decision is taken back by a further one, and what that takes is kept for a while.

alter table decision drop constraint decision_verdict_check;
alter table decision add constraint decision_verdict_check
  check (verdict in ('verify', 'reject', 'request_info', 'release', 'undo'));
alter table decision drop constraint decision_effect_check;
alter table decision add constraint decision_effect_check
  check (effect in ('verified', 'rejected', 'info_requested', 'awaiting_second', 'released', 'undone'));
alter table decision add column undoes bigint references decision;
alter table decision add constraint decision_undoes_check check ((verdict = 'undo') = (undoes is not null));
create unique index decision_undoes on decision (undoes) where undoes is not null;
comment on column decision.undoes is 'The decision that this one takes back; never more than one does.';

create table recent_act (
  id bigint generated always as identity primary key,
  person_id uuid not null references person,
  decided_at timestamptz not null,
  decision_ids bigint[] not null,
  cases jsonb not null,
  codes jsonb not null,
  candidates jsonb not null
);
create index recent_act_person on recent_act (person_id, decided_at);
comment on table recent_act is 'What a person decided lately, one case or many at once, and what it found: all that is needed to undo it. Written by review, forgotten after an hour.';
comment on column recent_act.cases is 'The cases decided, as they were before; revision is the one that the decision left.';
comment on column recent_act.codes is 'The cases of codes that were struck, likewise; opened says that there was none before.';
comment on column recent_act.candidates is 'Those that had been decided on before, as they were; all others were pending.';
