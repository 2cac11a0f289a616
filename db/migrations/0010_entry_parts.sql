-- What is listed and what was listed in two parts, so that a publication touches as few pages as it can: an addition
-- writes one page of one index by value, a removal one page of the heap; all else goes to the ends.
alter table entry rename to entry_before;

create sequence entry_number as bigint;
create table entry (
  id bigint not null default nextval('entry_number'),
  list_id text not null,
  value text collate "C" not null,
  category text not null,
  until date,
  decision_id bigint not null,
  added_in integer not null,
  removed_in integer,
  removal_reason text,
  removal_decision_id bigint,
  check ((removed_in is null) = (removal_reason is null))
) partition by list (removed_in);
alter sequence entry_number owned by entry.id;

create table entry_in_force partition of entry for values in (null);
create table entry_ended partition of entry default;

insert into entry (id, list_id, value, category, until, decision_id, added_in, removed_in, removal_reason, removal_decision_id)
select id, list_id, value, category, until, decision_id, added_in, removed_in, removal_reason, removal_decision_id
from entry_before order by list_id, value, id;
select setval('entry_number', coalesce((select max(id) from entry_before), 0) + 1, false);
drop table entry_before;

create unique index entry_in_force_value on entry_in_force (list_id, value);
create index entry_in_force_added_in on entry_in_force (list_id, added_in);
create index entry_in_force_until on entry_in_force (list_id, until) where until is not null;
create index entry_ended_value on entry_ended (list_id, value, id);
create index entry_ended_added_in on entry_ended (list_id, added_in);
create index entry_ended_removed_in on entry_ended (list_id, removed_in);

comment on table entry is
  'One line of a list and the versions it stood in: in force from added_in up to, not including, removed_in. Its parts are what is in force and what has ended; removing moves a row. Written by publish. No foreign keys: the order, whose decision is one, is taken in the same transaction; decisions and lists are never deleted.';
