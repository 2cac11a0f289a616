-- What figures over a stretch of time are read by.

create index decision_decided_at on decision (decided_at);
create index version_published_at on version (published_at);
create index receipt_version on receipt (list_id, client_id, version) where matches;
comment on index receipt_version is 'The first receipt of each relay that holds a version.';
