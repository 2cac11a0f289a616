-- Who takes part: organisations, their clients, the clients' public keys.

create table organization (
  id uuid primary key default gen_random_uuid(),
  name text not null unique check (length(name) between 1 and 200),
  kind text not null check (kind in ('carrier', 'agency', 'relay', 'operator')),
  created_at timestamptz not null default now()
);
comment on table organization is 'A party of the exchange. Written by identity.';

create table client (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references organization,
  name text not null check (length(name) between 1 and 200),
  role text not null check (role in ('carrier', 'relay', 'agency', 'auditor', 'admin')),
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  unique (organization_id, name)
);
comment on table client is 'A system that signs in with a key of its own (RFC 7523). Written by identity.';

create table client_key (
  client_id uuid not null references client,
  kid text not null,
  jwk jsonb not null,
  created_at timestamptz not null default now(),
  primary key (client_id, kid),
  unique (kid)
);
comment on table client_key is 'Public keys (ES256 JWK); kid is the RFC 7638 thumbprint. Written by identity.';

create table used_assertion (
  client_id uuid not null references client,
  jti text not null,
  expires_at timestamptz not null,
  primary key (client_id, jti)
);
create index used_assertion_expires_at on used_assertion (expires_at);
comment on table used_assertion is 'Assertion ids seen, until they expire: each is good for one token. Written by identity.';
