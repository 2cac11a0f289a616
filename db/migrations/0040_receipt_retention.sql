-- Receipts are kept for a time (CHADAN_RECEIPT_LIFE). Nothing may change one, and the newest of a relay and list, and the
-- newest that was wrong, are never taken away: what each relay holds stays known whatever the setting says.
create function keep_newest_receipt() returns trigger language plpgsql as $$
begin
  if not exists (
    select from receipt where client_id = old.client_id and list_id = old.list_id and id > old.id
      and (old.matches is distinct from false or not matches)
  ) then
    raise exception 'the newest receipt of a relay and list, and the newest wrong one, are kept';
  end if;
  return old;
end $$;

drop trigger receipt_append_only on receipt;
create trigger receipt_never_changed before update on receipt for each row execute function refuse_change();
create trigger receipt_newest_kept before delete on receipt for each row execute function keep_newest_receipt();
create index receipt_received on receipt (received_at);

comment on table receipt is
  'What each relay signed that it holds, as given, right or wrong. Never changed; old ones go, but for the newest. Written by publish.';
