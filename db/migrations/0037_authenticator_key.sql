-- Authenticator secrets are encrypted at rest, with a key that is no part of the database.

create table authenticator_key (
  kid text primary key,
  registered_at timestamptz not null,
  is_only boolean not null default true unique check (is_only)
);
comment on table authenticator_key is
  'The key that encrypts authenticator secrets, by its RFC 7638 thumbprint; the key itself is a file of every server. One row. Written by identity.';
comment on column person.totp_secret is 'Encrypted (AES-256-GCM), bound to the person.';
comment on column invitation.totp_secret is 'As in person, where it goes unchanged.';
