-- The people of the console, what they sign in with, and where they are signed in.

create table person (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organization,
  email text collate "C" not null unique check (email = lower(email)),
  name text not null,
  role text not null check (role in ('reviewer', 'lead', 'admin', 'auditor')),
  suspended_at timestamptz,
  password text,
  totp_secret text,
  totp_step bigint not null default 0,
  created_at timestamptz not null,
  last_sign_in_at timestamptz
);
comment on table person is 'Who works at the console. Written by identity. Without a password: invited, and not here yet.';
comment on column person.password is 'scrypt with its parameters and salt.';
comment on column person.totp_step is 'The last step of the authenticator that was used: an earlier or the same one is refused (RFC 6238 §5.2).';

create table invitation (
  token_hash bytea primary key,
  person_id uuid not null unique references person,
  totp_secret text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
comment on table invitation is 'Ways in, good once: taken away when accepted, replaced by the next. Written by identity.';

create table person_session (
  id uuid primary key default gen_random_uuid(),
  secret_hash bytea not null unique,
  person_id uuid not null references person,
  method text not null check (method in ('password', 'passkey', 'provider', 'invitation')),
  address text,
  user_agent text,
  started_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null
);
create index person_session_person on person_session (person_id);
comment on table person_session is 'Where people are signed in; taken away when a session ends. Written by identity.';

create table passkey (
  id uuid primary key default gen_random_uuid(),
  person_id uuid not null references person,
  credential_id text not null unique,
  public_key bytea not null,
  sign_count bigint not null,
  name text not null,
  created_at timestamptz not null,
  used_at timestamptz
);
create index passkey_person on passkey (person_id);
comment on table passkey is 'WebAuthn credentials of people. Written by identity.';

create table sign_in_request (
  key_hash bytea primary key,
  kind text not null check (kind in ('passkey', 'registration', 'provider')),
  person_id uuid references person,
  detail jsonb not null,
  expires_at timestamptz not null
);
create index sign_in_request_expires_at on sign_in_request (expires_at);
comment on table sign_in_request is 'Challenges and states of sign-ins under way, each good once. Written by identity.';

create table sign_in_attempt (
  key_hash bytea primary key,
  attempts integer not null,
  wait_until timestamptz not null,
  last_at timestamptz not null
);
comment on table sign_in_attempt is
  'Attempts in a row without success, by the hash of an e-mail address (there or not) or of a network address. Written by identity.';
