-- When each relay last came, and what it says of a history that is no more.

create table relay_contact (
  client_id uuid not null references client,
  list_id text not null references list,
  pulled_at timestamptz,
  followed_at timestamptz,
  primary key (client_id, list_id)
);
comment on table relay_contact is
  'When a client last fetched manifest, snapshot or diff of a list, and last followed its events; a few seconds behind. Written by publish.';

alter table receipt alter column matches drop not null;
comment on column receipt.matches is 'Whether digest and count are that version''s; null: of another epoch, which cannot be compared.';
create index receipt_wrong on receipt (client_id, list_id, id desc) where not matches;
