-- When a list was last published by itself, so that all servers together keep the interval; and who confirmed a mass change.

alter table list
  add column round_at timestamptz not null default 'epoch',
  add column round_day date not null default '0001-01-01';
comment on column list.round_at is
  'When a server last took up automatic publication, by the database''s clock: the next one waits for the interval, whoever it is.';
comment on column list.round_day is 'The agency''s day of that round: the first round of a day drops what has expired, whatever the interval.';

alter table version add column confirmed_by text;
comment on column version.confirmed_by is 'Who let it pass though the mass-change brake held it; null: the brake did not hold it.';
