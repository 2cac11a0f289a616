-- The schema after all migrations, table by table. Written by scripts/schema.ts; change db/migrations instead.

create sequence audit_event_id as bigint start 1 increment 1 minvalue 1 maxvalue 9223372036854775807;

create sequence candidate_id as bigint start 1 increment 1 minvalue 1 maxvalue 9223372036854775807;

create sequence enforcement_id as bigint start 1 increment 1 minvalue 1 maxvalue 9223372036854775807;

create sequence entry_number as bigint start 1 increment 1 minvalue 1 maxvalue 9223372036854775807;

CREATE OR REPLACE FUNCTION keep_newest_receipt()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if not exists (
    select from receipt where client_id = old.client_id and list_id = old.list_id and id > old.id
      and (old.matches is distinct from false or not matches)
  ) then
    raise exception 'the newest receipt of a relay and list, and the newest wrong one, are kept';
  end if;
  return old;
end $function$;

CREATE OR REPLACE FUNCTION refuse_audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'UPDATE' and old.position is null and new.position is not null
     and to_jsonb(new) - 'position' - 'hash' = to_jsonb(old) - 'position' - 'hash' then
    return new;
  end if;
  raise exception 'audit_event is append-only' using errcode = 'restrict_violation';
end $function$;

CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $function$;

create table appeal (
  id bigint not null generated always as identity,
  list_id text not null,
  value text collate "C" not null,
  case_id bigint not null,
  category text not null,
  organization_id uuid not null,
  filed_by text not null,
  filed_at timestamp with time zone not null,
  statement text,
  contact text,
  on_behalf_of text,
  due_on date not null,
  status text not null default 'filed'::text,
  note text,
  release_id bigint,
  decided_by text,
  decided_at timestamp with time zone,
  constraint appeal_pkey PRIMARY KEY (id),
  constraint appeal_case_id_fkey FOREIGN KEY (case_id) REFERENCES review_case(id),
  constraint appeal_list_id_fkey FOREIGN KEY (list_id) REFERENCES list(id),
  constraint appeal_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint appeal_release_id_fkey FOREIGN KEY (release_id) REFERENCES decision(id),
  constraint appeal_check CHECK (((status = ANY (ARRAY['accepted'::text, 'denied'::text])) = (decided_at IS NOT NULL))),
  constraint appeal_status_check CHECK ((status = ANY (ARRAY['filed'::text, 'accepted'::text, 'denied'::text, 'withdrawn'::text])))
);
CREATE INDEX appeal_due ON appeal USING btree (due_on, id);
CREATE INDEX appeal_filed_due ON appeal USING btree (due_on, id) WHERE (status = 'filed'::text);
CREATE UNIQUE INDEX appeal_open ON appeal USING btree (list_id, value, organization_id, COALESCE(on_behalf_of, ''::text)) WHERE (status = 'filed'::text);
CREATE INDEX appeal_organization ON appeal USING btree (organization_id, due_on, id);
CREATE INDEX appeal_value ON appeal USING btree (list_id, value, id);
comment on table appeal is 'An objection to a value being listed. Written by review. Statement, contact and the name of a caller are erased after their time.';

create table audit_event (
  id bigint not null default nextval('audit_event_id'::regclass),
  at timestamp with time zone not null,
  operation text not null,
  actor_kind text not null,
  actor_id text,
  organization_id uuid,
  address text,
  request_id text,
  target text not null,
  changes jsonb not null,
  "position" bigint,
  hash bytea,
  constraint audit_event_pkey PRIMARY KEY (id, at),
  constraint audit_event_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['client'::text, 'person'::text, 'exchange'::text, 'anonymous'::text]))),
  constraint audit_event_check CHECK ((("position" IS NULL) = (hash IS NULL)))
) partition by RANGE (at);
CREATE INDEX audit_event_actor ON ONLY audit_event USING btree (actor_id, "position") WHERE (actor_id IS NOT NULL);
CREATE INDEX audit_event_at ON ONLY audit_event USING btree (at);
CREATE INDEX audit_event_position ON ONLY audit_event USING btree ("position");
CREATE INDEX audit_event_target ON ONLY audit_event USING btree (target, "position");
CREATE INDEX audit_event_waiting ON ONLY audit_event USING btree (id) WHERE ("position" IS NULL);
CREATE TRIGGER audit_event_append_only BEFORE DELETE OR UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
comment on table audit_event is 'What was done. Never changed but once: position and hash are given after the commit. Inserted by every feature through audit; no partition is ever dropped.';
comment on column audit_event.changes is '[{field, before, after}], texts or null.';

create table audit_event_other (
  id bigint not null default nextval('audit_event_id'::regclass),
  at timestamp with time zone not null,
  operation text not null,
  actor_kind text not null,
  actor_id text,
  organization_id uuid,
  address text,
  request_id text,
  target text not null,
  changes jsonb not null,
  "position" bigint,
  hash bytea,
  constraint audit_event_other_pkey PRIMARY KEY (id, at),
  constraint audit_event_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['client'::text, 'person'::text, 'exchange'::text, 'anonymous'::text]))),
  constraint audit_event_check CHECK ((("position" IS NULL) = (hash IS NULL)))
) -- partition of audit_event DEFAULT;
CREATE INDEX audit_event_other_actor_id_position_idx ON audit_event_other USING btree (actor_id, "position") WHERE (actor_id IS NOT NULL);
CREATE INDEX audit_event_other_at_idx ON audit_event_other USING btree (at);
CREATE INDEX audit_event_other_id_idx ON audit_event_other USING btree (id) WHERE ("position" IS NULL);
CREATE INDEX audit_event_other_position_idx ON audit_event_other USING btree ("position");
CREATE INDEX audit_event_other_target_position_idx ON audit_event_other USING btree (target, "position");
CREATE TRIGGER audit_event_append_only BEFORE DELETE OR UPDATE ON audit_event_other FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event_other FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

create table authenticator_key (
  kid text not null,
  registered_at timestamp with time zone not null,
  is_only boolean not null default true,
  constraint authenticator_key_pkey PRIMARY KEY (kid),
  constraint authenticator_key_is_only_key UNIQUE (is_only),
  constraint authenticator_key_is_only_check CHECK (is_only)
);
comment on table authenticator_key is 'The key that encrypts authenticator secrets, by its RFC 7638 thumbprint; the key itself is a file of every server. One row. Written by identity.';

create table candidate (
  id bigint not null default nextval('candidate_id'::regclass),
  submission_id uuid not null,
  organization_id uuid not null,
  row_number integer not null,
  list_id text not null,
  value text collate "C" not null,
  raw_value text not null,
  category text not null,
  status text not null default 'pending'::text,
  case_id bigint,
  decision_id bigint,
  reports integer,
  reporters integer,
  first_seen timestamp with time zone,
  last_seen timestamp with time zone,
  source text,
  score real,
  originator_code text,
  evidence jsonb not null default '{}'::jsonb,
  received_on date not null default ((now() AT TIME ZONE 'UTC'::text))::date,
  constraint candidate_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'info_requested'::text, 'verified'::text, 'rejected'::text, 'withdrawn'::text])))
) partition by RANGE (received_on);
CREATE INDEX candidate_case ON ONLY candidate USING btree (case_id);
CREATE INDEX candidate_info_requested ON ONLY candidate USING btree (organization_id, case_id) WHERE (status = 'info_requested'::text);
CREATE INDEX candidate_originator_code ON ONLY candidate USING btree (originator_code, id) WHERE (originator_code IS NOT NULL);
CREATE INDEX candidate_sample ON ONLY candidate USING btree ((((('x'::text || "left"((evidence ->> 'sampleHash'::text), 16)))::bit(64))::bigint)) WHERE (evidence ? 'sampleHash'::text);
comment on table candidate is 'One accepted row, with the carrier''s evidence. Inserted by submit; review moves its status. No foreign keys: a million rows come in one transaction, and submit writes submission and case in that same transaction. Keys are those of each partition.';
comment on column candidate.received_on is 'As that of its submission.';

create table candidate_other (
  id bigint not null default nextval('candidate_id'::regclass),
  submission_id uuid not null,
  organization_id uuid not null,
  row_number integer not null,
  list_id text not null,
  value text collate "C" not null,
  raw_value text not null,
  category text not null,
  status text not null default 'pending'::text,
  case_id bigint,
  decision_id bigint,
  reports integer,
  reporters integer,
  first_seen timestamp with time zone,
  last_seen timestamp with time zone,
  source text,
  score real,
  originator_code text,
  evidence jsonb not null default '{}'::jsonb,
  received_on date not null default ((now() AT TIME ZONE 'UTC'::text))::date,
  constraint candidate_other_pkey PRIMARY KEY (id),
  constraint candidate_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'info_requested'::text, 'verified'::text, 'rejected'::text, 'withdrawn'::text])))
) -- partition of candidate DEFAULT;
CREATE INDEX candidate_other_case_id_idx ON candidate_other USING btree (case_id);
CREATE INDEX candidate_other_int8_idx ON candidate_other USING btree ((((('x'::text || "left"((evidence ->> 'sampleHash'::text), 16)))::bit(64))::bigint)) WHERE (evidence ? 'sampleHash'::text);
CREATE INDEX candidate_other_organization_id_case_id_idx ON candidate_other USING btree (organization_id, case_id) WHERE (status = 'info_requested'::text);
CREATE INDEX candidate_other_originator_code_id_idx ON candidate_other USING btree (originator_code, id) WHERE (originator_code IS NOT NULL);
CREATE UNIQUE INDEX candidate_other_submission_row ON candidate_other USING btree (submission_id, row_number);

create table client (
  id uuid not null default gen_random_uuid(),
  organization_id uuid not null,
  name text not null,
  role text not null,
  created_at timestamp with time zone not null default now(),
  revoked_at timestamp with time zone,
  tokens_from timestamp with time zone,
  constraint client_pkey PRIMARY KEY (id),
  constraint client_organization_id_name_key UNIQUE (organization_id, name),
  constraint client_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint client_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint client_role_check CHECK ((role = ANY (ARRAY['carrier'::text, 'relay'::text, 'agency'::text, 'auditor'::text, 'admin'::text])))
);
comment on table client is 'A system that signs in with a key of its own (RFC 7523). Written by identity.';
comment on column client.tokens_from is 'Access tokens issued before are refused: a key was removed then, and may have bought them.';

create table client_key (
  client_id uuid not null,
  kid text not null,
  jwk jsonb not null,
  created_at timestamp with time zone not null default now(),
  removed_at timestamp with time zone,
  constraint client_key_pkey PRIMARY KEY (client_id, kid),
  constraint client_key_kid_key UNIQUE (kid),
  constraint client_key_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);
comment on table client_key is 'Public keys (ES256 JWK); kid is the RFC 7638 thumbprint. Written by identity.';
comment on column client_key.removed_at is 'From then on it signs nothing. The row stays: nobody may register that key again.';

create table decision (
  id bigint not null generated always as identity,
  case_id bigint not null,
  case_revision integer not null,
  verdict text not null,
  effect text not null,
  category text,
  until date,
  reason text,
  note text,
  urgent boolean not null default false,
  confirms bigint,
  organization_id uuid not null,
  decided_by text not null,
  decided_at timestamp with time zone not null,
  by_person boolean not null default false,
  undoes bigint,
  constraint decision_pkey PRIMARY KEY (id),
  constraint decision_case_id_fkey FOREIGN KEY (case_id) REFERENCES review_case(id),
  constraint decision_confirms_fkey FOREIGN KEY (confirms) REFERENCES decision(id),
  constraint decision_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint decision_undoes_fkey FOREIGN KEY (undoes) REFERENCES decision(id),
  constraint decision_check CHECK (((reason IS NOT NULL) OR (verdict <> ALL (ARRAY['reject'::text, 'release'::text])))),
  constraint decision_check1 CHECK (((category IS NOT NULL) OR (verdict <> 'verify'::text))),
  constraint decision_effect_check CHECK ((effect = ANY (ARRAY['verified'::text, 'rejected'::text, 'info_requested'::text, 'awaiting_second'::text, 'released'::text, 'undone'::text]))),
  constraint decision_undoes_check CHECK (((verdict = 'undo'::text) = (undoes IS NOT NULL))),
  constraint decision_verdict_check CHECK ((verdict = ANY (ARRAY['verify'::text, 'reject'::text, 'request_info'::text, 'release'::text, 'undo'::text])))
);
CREATE INDEX decision_case ON decision USING btree (case_id, id);
CREATE INDEX decision_decided_at ON decision USING btree (decided_at);
CREATE UNIQUE INDEX decision_undoes ON decision USING btree (undoes) WHERE (undoes IS NOT NULL);
CREATE TRIGGER decision_append_only BEFORE DELETE OR UPDATE ON decision FOR EACH ROW EXECUTE FUNCTION refuse_change();
comment on table decision is 'What a reviewer decided, why, and what came of it. Append-only. Written by review.';
comment on column decision.until is 'Last day in force in the agency''s time zone; null is permanent.';
comment on column decision.confirms is 'The first person''s decision that this one of a second person confirms.';
comment on column decision.by_person is 'Decided by a person who signed in. Only people count where two of them must agree: a system may propose, and never confirm.';
comment on column decision.undoes is 'The decision that this one takes back; never more than one does.';

create table enforcement (
  id bigint not null default nextval('enforcement_id'::regclass),
  list_id text not null,
  value text collate "C" not null,
  client_id uuid not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  blocked bigint not null,
  seen bigint,
  received_at timestamp with time zone not null,
  constraint enforcement_pkey PRIMARY KEY (id, to_at),
  constraint enforcement_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint enforcement_list_id_fkey FOREIGN KEY (list_id) REFERENCES list(id),
  constraint enforcement_blocked_check CHECK ((blocked >= 0)),
  constraint enforcement_check CHECK ((from_at < to_at)),
  constraint enforcement_seen_check CHECK ((seen >= 0))
) partition by RANGE (to_at);
CREATE UNIQUE INDEX enforcement_once ON ONLY enforcement USING btree (client_id, list_id, from_at, to_at, value);
CREATE INDEX enforcement_to_at ON ONLY enforcement USING btree (to_at);
CREATE INDEX enforcement_value ON ONLY enforcement USING btree (list_id, value, to_at);
CREATE TRIGGER enforcement_append_only BEFORE DELETE OR UPDATE ON enforcement FOR EACH ROW EXECUTE FUNCTION refuse_change();
comment on table enforcement is 'Messages of a value that a relay blocked, and perhaps saw, in a stretch of time; the same stretch again changes nothing. Append-only; old months are dropped whole. Written by enforcement.';

create table enforcement_other (
  id bigint not null default nextval('enforcement_id'::regclass),
  list_id text not null,
  value text collate "C" not null,
  client_id uuid not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  blocked bigint not null,
  seen bigint,
  received_at timestamp with time zone not null,
  constraint enforcement_other_pkey PRIMARY KEY (id, to_at),
  constraint enforcement_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint enforcement_list_id_fkey FOREIGN KEY (list_id) REFERENCES list(id),
  constraint enforcement_blocked_check CHECK ((blocked >= 0)),
  constraint enforcement_check CHECK ((from_at < to_at)),
  constraint enforcement_seen_check CHECK ((seen >= 0))
) -- partition of enforcement DEFAULT;
CREATE UNIQUE INDEX enforcement_other_client_id_list_id_from_at_to_at_value_idx ON enforcement_other USING btree (client_id, list_id, from_at, to_at, value);
CREATE INDEX enforcement_other_list_id_value_to_at_idx ON enforcement_other USING btree (list_id, value, to_at);
CREATE INDEX enforcement_other_to_at_idx ON enforcement_other USING btree (to_at);
CREATE TRIGGER enforcement_append_only BEFORE DELETE OR UPDATE ON enforcement_other FOR EACH ROW EXECUTE FUNCTION refuse_change();

create table entry (
  id bigint not null default nextval('entry_number'::regclass),
  list_id text not null,
  value text collate "C" not null,
  category text not null,
  until date,
  decision_id bigint not null,
  added_in integer not null,
  removed_in integer,
  removal_reason text,
  removal_decision_id bigint,
  constraint entry_check1 CHECK (((removed_in IS NULL) = (removal_reason IS NULL)))
) partition by LIST (removed_in);
comment on table entry is 'One line of a list and the versions it stood in, by serial: in force from added_in up to, not including, removed_in. Version 0 of any epoch is empty all the same. Written by publish.';
comment on column entry.added_in is 'Serial of the version that began it.';
comment on column entry.removed_in is 'Serial of the first version without it; null while it is in force.';

create table entry_ended (
  id bigint not null default nextval('entry_number'::regclass),
  list_id text not null,
  value text collate "C" not null,
  category text not null,
  until date,
  decision_id bigint not null,
  added_in integer not null,
  removed_in integer,
  removal_reason text,
  removal_decision_id bigint,
  constraint entry_check1 CHECK (((removed_in IS NULL) = (removal_reason IS NULL)))
) -- partition of entry DEFAULT;
CREATE INDEX entry_ended_added_in ON entry_ended USING btree (list_id, added_in);
CREATE INDEX entry_ended_removed_in ON entry_ended USING btree (list_id, removed_in);
CREATE INDEX entry_ended_value ON entry_ended USING btree (list_id, value, id);

create table entry_in_force (
  id bigint not null default nextval('entry_number'::regclass),
  list_id text not null,
  value text collate "C" not null,
  category text not null,
  until date,
  decision_id bigint not null,
  added_in integer not null,
  removed_in integer,
  removal_reason text,
  removal_decision_id bigint,
  constraint entry_check1 CHECK (((removed_in IS NULL) = (removal_reason IS NULL)))
) -- partition of entry FOR VALUES IN (NULL);
CREATE INDEX entry_in_force_added_in ON entry_in_force USING btree (list_id, added_in);
CREATE INDEX entry_in_force_until ON entry_in_force USING btree (list_id, until) WHERE (until IS NOT NULL);
CREATE UNIQUE INDEX entry_in_force_value ON entry_in_force USING btree (list_id, value);

create table information (
  id bigint not null generated always as identity,
  candidate_id bigint not null,
  text text,
  given_at timestamp with time zone not null,
  constraint information_pkey PRIMARY KEY (id)
);
CREATE INDEX information_candidate ON information USING btree (candidate_id, id);
CREATE INDEX information_given_at ON information USING btree (given_at) WHERE (text IS NOT NULL);
comment on table information is 'What a carrier answered about a candidate when the agency asked. Written by review. No foreign key, as candidate has none.';

create table invitation (
  token_hash bytea not null,
  person_id uuid not null,
  totp_secret text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint invitation_pkey PRIMARY KEY (token_hash),
  constraint invitation_person_id_key UNIQUE (person_id),
  constraint invitation_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
comment on table invitation is 'Ways in, good once: taken away when accepted, replaced by the next. Written by identity.';
comment on column invitation.totp_secret is 'As in person, where it goes unchanged.';

create table key_set (
  sequence integer not null,
  jws text not null,
  created_at timestamp with time zone not null,
  constraint key_set_pkey PRIMARY KEY (sequence)
);
comment on table key_set is 'Root-signed key sets; the highest sequence is in force. Written by publish.';

create table list (
  id text not null,
  epoch uuid not null,
  version integer not null,
  count integer not null,
  digest bytea not null,
  chain bytea not null,
  published_at timestamp with time zone not null,
  oldest_version integer not null default 0,
  held_changes bigint not null default 0,
  snapshot_version integer not null default 0,
  unsnapped_changes bigint not null default 0,
  manifest text,
  manifest_renew_at timestamp with time zone,
  serial_base integer not null default 0,
  round_at timestamp with time zone not null default '1970-01-01 00:00:00+00'::timestamp with time zone,
  round_day date not null default '0001-01-01'::date,
  constraint list_pkey PRIMARY KEY (id)
);
comment on table list is 'The present state of each list, and its signed manifest. The row lock serialises publication. Written by publish.';
comment on column list.oldest_version is 'The oldest version still served; entry rows of older ones stay for the record.';
comment on column list.held_changes is 'Lines that all diffs since oldest_version add and remove.';
comment on column list.unsnapped_changes is 'Lines that all diffs since snapshot_version add and remove.';
comment on column list.manifest is 'Compact JWS of this very state, the same bytes for every reader and from every instance.';
comment on column list.serial_base is 'Added to a version of the present epoch it gives its serial, which goes on over all epochs.';
comment on column list.round_at is 'When a server last took up automatic publication, by the database''s clock: the next one waits for the interval, whoever it is.';
comment on column list.round_day is 'The agency''s day of that round: the first round of a day drops what has expired, whatever the interval.';

create table listing_order (
  id bigint not null generated always as identity,
  list_id text not null,
  value text collate "C" not null,
  action text not null,
  category text,
  until date,
  decision_id bigint,
  urgent boolean not null default false,
  ordered_at timestamp with time zone not null,
  constraint listing_order_pkey PRIMARY KEY (id),
  constraint listing_order_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES decision(id),
  constraint listing_order_action_check CHECK ((action = ANY (ARRAY['list'::text, 'release'::text, 'protect'::text, 'renew'::text]))),
  constraint listing_order_check CHECK (((action = 'protect'::text) = (decision_id IS NULL))),
  constraint listing_order_check1 CHECK (((category IS NOT NULL) OR (action <> ALL (ARRAY['list'::text, 'renew'::text]))))
);
CREATE INDEX listing_order_list ON listing_order USING btree (list_id, id);
comment on table listing_order is 'The door to publish: what is wanted of the next version, in order. review inserts in the transaction of the decision, submit in that of the evidence that renews an entry; publish takes the row away in the transaction of the version.';
comment on column listing_order.action is 'list, release: as decided. protect: look at the protection again. renew: keep the line that rests on this decision until a later day; where that line is gone, nothing.';

create table organization (
  id uuid not null default gen_random_uuid(),
  name text not null,
  kind text not null,
  created_at timestamp with time zone not null default now(),
  constraint organization_pkey PRIMARY KEY (id),
  constraint organization_name_key UNIQUE (name),
  constraint organization_kind_check CHECK ((kind = ANY (ARRAY['carrier'::text, 'agency'::text, 'relay'::text, 'operator'::text]))),
  constraint organization_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
comment on table organization is 'A party of the exchange. Written by identity.';

create table outcome (
  organization_id uuid not null,
  "position" bigint not null,
  candidate_id bigint not null,
  decision_id bigint not null,
  received_on date,
  constraint outcome_pkey PRIMARY KEY (organization_id, "position"),
  constraint outcome_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES decision(id),
  constraint outcome_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id)
);
CREATE TRIGGER outcome_append_only BEFORE DELETE OR UPDATE ON outcome FOR EACH ROW EXECUTE FUNCTION refuse_change();
comment on table outcome is 'A carrier''s feed: one row for each decision on a candidate of its own. Append-only. Written by review.';
comment on column outcome.received_on is 'That of its candidate; null from a release that knew none.';

create table outcome_counter (
  organization_id uuid not null,
  last_position bigint not null,
  constraint outcome_counter_pkey PRIMARY KEY (organization_id),
  constraint outcome_counter_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id)
);
comment on table outcome_counter is 'The last position given in a carrier''s feed. Its row lock is held until commit, so positions have no holes and appear in order: a reader never skips one. Written by review.';

create table passkey (
  id uuid not null default gen_random_uuid(),
  person_id uuid not null,
  credential_id text not null,
  public_key bytea not null,
  sign_count bigint not null,
  name text not null,
  created_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint passkey_pkey PRIMARY KEY (id),
  constraint passkey_credential_id_key UNIQUE (credential_id),
  constraint passkey_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX passkey_person ON passkey USING btree (person_id);
comment on table passkey is 'WebAuthn credentials of people. Written by identity.';

create table person (
  id uuid not null default gen_random_uuid(),
  organization_id uuid not null,
  email text collate "C" not null,
  name text not null,
  role text not null,
  suspended_at timestamp with time zone,
  password text,
  totp_secret text,
  totp_step bigint not null default 0,
  created_at timestamp with time zone not null,
  last_sign_in_at timestamp with time zone,
  constraint person_pkey PRIMARY KEY (id),
  constraint person_email_key UNIQUE (email),
  constraint person_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint person_email_check CHECK ((email = lower(email))),
  constraint person_role_check CHECK ((role = ANY (ARRAY['reviewer'::text, 'lead'::text, 'admin'::text, 'auditor'::text])))
);
comment on table person is 'Who works at the console. Written by identity. Without a password: invited, and not here yet.';
comment on column person.password is 'scrypt with its parameters and salt.';
comment on column person.totp_secret is 'Encrypted (AES-256-GCM), bound to the person.';
comment on column person.totp_step is 'The last step of the authenticator that was used: an earlier or the same one is refused (RFC 6238 §5.2).';

create table person_session (
  id uuid not null default gen_random_uuid(),
  secret_hash bytea not null,
  person_id uuid not null,
  method text not null,
  address text,
  user_agent text,
  started_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint person_session_pkey PRIMARY KEY (id),
  constraint person_session_secret_hash_key UNIQUE (secret_hash),
  constraint person_session_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint person_session_method_check CHECK ((method = ANY (ARRAY['password'::text, 'passkey'::text, 'provider'::text, 'invitation'::text])))
);
CREATE INDEX person_session_person ON person_session USING btree (person_id);
comment on table person_session is 'Where people are signed in; taken away when a session ends. Written by identity.';

create table protected_value (
  list_id text not null,
  value text collate "C" not null,
  kind text not null,
  note text,
  protected_by text not null,
  protected_at timestamp with time zone not null,
  constraint protected_value_pkey PRIMARY KEY (list_id, value),
  constraint protected_value_kind_check CHECK ((kind = ANY (ARRAY['special'::text, 'bank'::text, 'government'::text, 'default_code'::text, 'opt_out'::text, 'other'::text])))
);
comment on table protected_value is 'Values that only two different people of the agency may list. Special numbers (112, 119 …) are protected by rule, without a row. Written by review.';

create unlogged table rate_limit (
  key text not null,
  points integer not null,
  expire bigint,
  constraint rate_limit_pkey PRIMARY KEY (key)
) with (fillfactor=50);
CREATE INDEX rate_limit_expire ON rate_limit USING btree (expire);
comment on table rate_limit is 'How often each client or address asked within its minute; a crash may forget it. Written by http, in the shape that rate-limiter-flexible expects.';
comment on column rate_limit.expire is 'End of the minute, in milliseconds since 1970.';

create table receipt (
  id bigint not null generated always as identity,
  list_id text not null,
  client_id uuid not null,
  epoch uuid not null,
  version integer not null,
  digest text not null,
  count integer not null,
  matches boolean,
  issued_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  jws text not null,
  constraint receipt_pkey PRIMARY KEY (id),
  constraint receipt_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint receipt_list_id_fkey FOREIGN KEY (list_id) REFERENCES list(id)
);
CREATE INDEX receipt_client ON receipt USING btree (client_id, list_id, id DESC);
CREATE INDEX receipt_received ON receipt USING btree (received_at);
CREATE INDEX receipt_version ON receipt USING btree (list_id, client_id, version) WHERE matches;
CREATE INDEX receipt_wrong ON receipt USING btree (client_id, list_id, id DESC) WHERE (NOT matches);
CREATE TRIGGER receipt_never_changed BEFORE UPDATE ON receipt FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER receipt_newest_kept BEFORE DELETE ON receipt FOR EACH ROW EXECUTE FUNCTION keep_newest_receipt();
comment on table receipt is 'What each relay signed that it holds, as given, right or wrong. Never changed; old ones go, but for the newest. Written by publish.';
comment on column receipt.matches is 'Whether digest and count are that version''s; null: of another epoch, which cannot be compared.';

create table recent_act (
  id bigint not null generated always as identity,
  person_id uuid not null,
  decided_at timestamp with time zone not null,
  decision_ids bigint[] not null,
  cases jsonb not null,
  codes jsonb not null,
  candidates jsonb not null,
  constraint recent_act_pkey PRIMARY KEY (id),
  constraint recent_act_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX recent_act_person ON recent_act USING btree (person_id, decided_at);
comment on table recent_act is 'What a person decided lately, one case or many at once, and what it found: all that is needed to undo it. Written by review, forgotten after an hour.';
comment on column recent_act.cases is 'The cases decided, as they were before; revision is the one that the decision left.';
comment on column recent_act.codes is 'The cases of codes that were struck, likewise; opened says that there was none before.';
comment on column recent_act.candidates is 'Those that had been decided on before, as they were; all others were pending.';

create table relay_contact (
  client_id uuid not null,
  list_id text not null,
  pulled_at timestamp with time zone,
  followed_at timestamp with time zone,
  constraint relay_contact_pkey PRIMARY KEY (client_id, list_id),
  constraint relay_contact_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint relay_contact_list_id_fkey FOREIGN KEY (list_id) REFERENCES list(id)
);
comment on table relay_contact is 'When a client last fetched manifest, snapshot or diff of a list, and last followed its events; a few seconds behind. Written by publish.';

create table review_case (
  id bigint not null generated always as identity,
  list_id text not null,
  value text collate "C" not null,
  number_class text,
  category text not null,
  status text not null default 'open'::text,
  revision integer not null default 1,
  reports bigint not null default 0,
  carrier_ids uuid[] not null default '{}'::uuid[],
  score real,
  first_seen timestamp with time zone,
  last_seen timestamp with time zone,
  flags text[] not null default '{}'::text[],
  opened_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  claimed_by text,
  claimed_until timestamp with time zone,
  queue_reports bigint not null default 0,
  evidence_from date not null default (((now() AT TIME ZONE 'UTC'::text))::date - 1),
  constraint review_case_pkey PRIMARY KEY (id),
  constraint review_case_list_id_value_key UNIQUE (list_id, value),
  constraint review_case_status_check CHECK ((status = ANY (ARRAY['open'::text, 'awaiting_second'::text, 'verified'::text, 'rejected'::text, 'withdrawn'::text])))
) with (fillfactor=50);
CREATE INDEX review_case_by_age ON review_case USING btree (status, id) WHERE (status = ANY (ARRAY['open'::text, 'awaiting_second'::text]));
CREATE INDEX review_case_by_category ON review_case USING btree (status, category, queue_reports DESC, id DESC) WHERE (status = ANY (ARRAY['open'::text, 'awaiting_second'::text]));
CREATE INDEX review_case_claimed ON review_case USING btree (claimed_by, id) WHERE (claimed_by IS NOT NULL);
CREATE INDEX review_case_flagged ON review_case USING btree (status, queue_reports DESC, id DESC) WHERE ((status = ANY (ARRAY['open'::text, 'awaiting_second'::text])) AND (flags <> '{}'::text[]));
CREATE INDEX review_case_queue ON review_case USING btree (status, queue_reports DESC, id DESC) WHERE (status = ANY (ARRAY['open'::text, 'awaiting_second'::text]));
comment on table review_case is 'One value of one list under review, with the sums of the evidence of all carriers. submit opens and strengthens, review decides; revision rises with either.';
comment on column review_case.queue_reports is 'What the queue is sorted by: `reports`, or less for the seconds in which a long submission is not ranked yet.';
comment on column review_case.evidence_from is 'No candidate of it is of a day before: earlier months need not be looked at. The day before it first opened, for submissions that were under way.';

create table sign_in_attempt (
  key_hash bytea not null,
  attempts integer not null,
  wait_until timestamp with time zone not null,
  last_at timestamp with time zone not null,
  constraint sign_in_attempt_pkey PRIMARY KEY (key_hash)
);
comment on table sign_in_attempt is 'Attempts in a row without success, by the hash of an e-mail address (there or not) or of a network address. Written by identity.';

create table sign_in_request (
  key_hash bytea not null,
  kind text not null,
  person_id uuid,
  detail jsonb not null,
  expires_at timestamp with time zone not null,
  constraint sign_in_request_pkey PRIMARY KEY (key_hash),
  constraint sign_in_request_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint sign_in_request_kind_check CHECK ((kind = ANY (ARRAY['passkey'::text, 'registration'::text, 'provider'::text])))
);
CREATE INDEX sign_in_request_expires_at ON sign_in_request USING btree (expires_at);
comment on table sign_in_request is 'Challenges and states of sign-ins under way, each good once. Written by identity.';

create table snapshot (
  list_id text not null,
  version integer not null,
  sha256 bytea not null,
  bytes bigint not null,
  count integer not null,
  created_at timestamp with time zone not null,
  epoch uuid not null,
  constraint snapshot_pkey PRIMARY KEY (list_id, epoch, version),
  constraint snapshot_list_id_fkey FOREIGN KEY (list_id) REFERENCES list(id)
);
comment on table snapshot is 'Snapshots materialised as files; any can be made again from entry, byte for byte. Written by publish.';

create table submission (
  id uuid not null default gen_random_uuid(),
  organization_id uuid not null,
  client_id uuid not null,
  submitted_at timestamp with time zone not null,
  idempotency_key text,
  body_sha256 bytea not null,
  received integer not null,
  accepted integer not null,
  invalid integer not null,
  duplicates integer not null,
  new_cases integer not null,
  joined_cases integer not null,
  already_listed integer not null,
  texts_erased_at timestamp with time zone,
  unranked_from integer,
  received_on date not null default ((now() AT TIME ZONE 'UTC'::text))::date,
  constraint submission_pkey PRIMARY KEY (id),
  constraint submission_organization_id_idempotency_key_key UNIQUE (organization_id, idempotency_key),
  constraint submission_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id),
  constraint submission_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id),
  constraint submission_check CHECK ((received = ((accepted + invalid) + duplicates))),
  constraint submission_check1 CHECK ((accepted = ((new_cases + joined_cases) + already_listed)))
);
CREATE INDEX submission_organization ON submission USING btree (organization_id, submitted_at DESC, id);
CREATE INDEX submission_texts ON submission USING btree (submitted_at) WHERE (texts_erased_at IS NULL);
CREATE INDEX submission_unranked ON submission USING btree (submitted_at) WHERE (unranked_from IS NOT NULL);
comment on table submission is 'One answered request of a carrier. Written by submit.';
comment on column submission.texts_erased_at is 'When samples, URLs and notes of its candidates were erased, after their time; hashes stay. Written by review.';
comment on column submission.unranked_from is 'The first row whose case the queue has not put in its place yet; null when there is none. Set by submit, moved by review.';
comment on column submission.received_on is 'The day (UTC) of submitted_at, or -infinity before there were partitions; that of all its candidates, whose partition it tells.';

create table submission_error (
  submission_id uuid not null,
  row_number integer not null,
  value text collate "C" not null,
  code text not null,
  detail text not null,
  constraint submission_error_pkey PRIMARY KEY (submission_id, row_number)
);
comment on table submission_error is 'Rows refused, each with its first fault. Row 1 is the first after the header. Written by submit.';

create table token_key (
  kid text not null,
  jwk jsonb not null,
  created_at timestamp with time zone not null,
  removed_at timestamp with time zone,
  constraint token_key_pkey PRIMARY KEY (kid)
);
comment on table token_key is 'ES256 JWKs; kid is the RFC 7638 thumbprint. A server signs with the newest that is not removed and whose private half it holds. Written by identity.';

create table used_assertion (
  client_id uuid not null,
  jti text not null,
  expires_at timestamp with time zone not null,
  constraint used_assertion_pkey PRIMARY KEY (client_id, jti),
  constraint used_assertion_client_id_fkey FOREIGN KEY (client_id) REFERENCES client(id)
);
CREATE INDEX used_assertion_expires_at ON used_assertion USING btree (expires_at);
comment on table used_assertion is 'Assertion ids seen, until they expire: each is good for one token. Written by identity.';

create table version (
  list_id text not null,
  version integer not null,
  published_at timestamp with time zone not null,
  added integer not null,
  removed integer not null,
  count integer not null,
  digest bytea not null,
  chain bytea not null,
  note text,
  published_by text,
  epoch uuid not null,
  serial integer not null,
  confirmed_by text,
  constraint version_pkey PRIMARY KEY (list_id, epoch, version),
  constraint version_list_id_serial_key UNIQUE (list_id, serial),
  constraint version_list_id_fkey FOREIGN KEY (list_id) REFERENCES list(id)
);
CREATE INDEX version_published_at ON version USING btree (published_at);
CREATE TRIGGER version_append_only BEFORE DELETE OR UPDATE ON version FOR EACH ROW EXECUTE FUNCTION refuse_change();
comment on table version is 'Every version of every epoch; the present epoch is in list. Append-only. Written by publish. published_by null: by the exchange itself.';
comment on column version.serial is 'Counts on over all epochs of the list; what entry rows refer to.';
comment on column version.confirmed_by is 'Who let it pass though the mass-change brake held it; null: the brake did not hold it.';
