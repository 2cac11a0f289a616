-- Versions of past epochs stay for the record: after a restore a list begins again at version 0 (list format §7.1),
-- and its entries stay where they are.

alter table list add column serial_base integer not null default 0;
comment on column list.serial_base is 'Added to a version of the present epoch it gives its serial, which goes on over all epochs.';

drop trigger version_append_only on version;
alter table version add column epoch uuid, add column serial integer;
update version v set epoch = l.epoch, serial = v.version from list l where l.id = v.list_id;
alter table version alter column epoch set not null, alter column serial set not null;
alter table version drop constraint version_pkey;
alter table version add primary key (list_id, epoch, version);
alter table version add unique (list_id, serial);
create trigger version_append_only before update or delete on version
  for each row execute function refuse_change();
comment on table version is
  'Every version of every epoch; the present epoch is in list. Append-only. Written by publish. published_by null: by the exchange itself.';
comment on column version.serial is 'Counts on over all epochs of the list; what entry rows refer to.';

alter table snapshot add column epoch uuid;
update snapshot s set epoch = l.epoch from list l where l.id = s.list_id;
alter table snapshot alter column epoch set not null;
alter table snapshot drop constraint snapshot_pkey;
alter table snapshot add primary key (list_id, epoch, version);

comment on column entry.added_in is 'Serial of the version that began it.';
comment on column entry.removed_in is 'Serial of the first version without it; null while it is in force.';
comment on table entry is
  'One line of a list and the versions it stood in, by serial: in force from added_in up to, not including, removed_in. Version 0 of any epoch is empty all the same. Written by publish.';
