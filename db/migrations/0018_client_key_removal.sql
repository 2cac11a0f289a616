-- One key of a client can be removed: it was stolen, or its successor has taken over.

alter table client_key add column removed_at timestamptz;
comment on column client_key.removed_at is 'From then on it signs nothing. The row stays: nobody may register that key again.';

alter table client add column tokens_from timestamptz;
comment on column client.tokens_from is 'Access tokens issued before are refused: a key was removed then, and may have bought them.';
