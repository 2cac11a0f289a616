-- Public halves of the keys that sign access tokens: every server verifies what any of them signed.

create table token_key (
  kid text primary key,
  jwk jsonb not null,
  created_at timestamptz not null,
  removed_at timestamptz
);
comment on table token_key is
  'ES256 JWKs; kid is the RFC 7638 thumbprint. A server signs with the newest that is not removed and whose private half it holds. Written by identity.';
