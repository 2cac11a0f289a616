-- What is published: entries, versions, signatures; and what relays say they hold.

create table list (
  id text primary key,
  epoch uuid not null,
  version integer not null,
  count integer not null,
  digest bytea not null,
  chain bytea not null,
  published_at timestamptz not null,
  oldest_version integer not null default 0,
  held_changes bigint not null default 0,
  snapshot_version integer not null default 0,
  unsnapped_changes bigint not null default 0,
  manifest text,
  manifest_renew_at timestamptz
);
comment on table list is
  'The present state of each list, and its signed manifest. The row lock serialises publication. Written by publish.';
comment on column list.oldest_version is 'The oldest version still served; entry rows of older ones stay for the record.';
comment on column list.held_changes is 'Lines that all diffs since oldest_version add and remove.';
comment on column list.unsnapped_changes is 'Lines that all diffs since snapshot_version add and remove.';
comment on column list.manifest is 'Compact JWS of this very state, the same bytes for every reader and from every instance.';

create table version (
  list_id text not null references list,
  version integer not null,
  published_at timestamptz not null,
  added integer not null,
  removed integer not null,
  count integer not null,
  digest bytea not null,
  chain bytea not null,
  note text,
  published_by text,
  primary key (list_id, version)
);
comment on table version is 'Every version of the present epoch. Append-only. Written by publish. published_by null: by the exchange itself.';
create trigger version_append_only before update on version
  for each row execute function refuse_change();

create table entry (
  id bigint generated always as identity primary key,
  list_id text not null references list,
  value text collate "C" not null,
  category text not null,
  until date,
  decision_id bigint not null references decision,
  added_in integer not null,
  removed_in integer,
  removal_reason text,
  removal_decision_id bigint references decision,
  check ((removed_in is null) = (removal_reason is null))
);
create unique index entry_listed on entry (list_id, value) where removed_in is null;
create index entry_value on entry (list_id, value, id);
create index entry_added_in on entry (list_id, added_in);
create index entry_removed_in on entry (list_id, removed_in) where removed_in is not null;
create index entry_until on entry (list_id, until) where removed_in is null and until is not null;
comment on table entry is
  'One line of a list and the versions it stood in: in force from added_in up to, not including, removed_in. Written by publish.';

create table snapshot (
  list_id text not null references list,
  version integer not null,
  sha256 bytea not null,
  bytes bigint not null,
  count integer not null,
  created_at timestamptz not null,
  primary key (list_id, version)
);
comment on table snapshot is 'Snapshots materialised as files; any can be made again from entry, byte for byte. Written by publish.';

create table key_set (
  sequence integer primary key,
  jws text not null,
  created_at timestamptz not null
);
comment on table key_set is 'Root-signed key sets; the highest sequence is in force. Written by publish.';

create table receipt (
  id bigint generated always as identity primary key,
  list_id text not null references list,
  client_id uuid not null references client,
  epoch uuid not null,
  version integer not null,
  digest text not null,
  count integer not null,
  matches boolean not null,
  issued_at timestamptz not null,
  received_at timestamptz not null,
  jws text not null
);
create index receipt_client on receipt (client_id, list_id, id desc);
comment on table receipt is 'What each relay signed that it holds, as given, right or wrong. Append-only. Written by publish.';
create trigger receipt_append_only before update or delete on receipt
  for each row execute function refuse_change();
