-- Counts of requests that all servers share, for limits by client and by network address.

create unlogged table rate_limit (
  key text primary key,
  points integer not null,
  expire bigint
) with (fillfactor = 50);

create index rate_limit_expire on rate_limit (expire);

comment on table rate_limit is 'How often each client or address asked within its minute; a crash may forget it. Written by http, in the shape that rate-limiter-flexible expects.';
comment on column rate_limit.expire is 'End of the minute, in milliseconds since 1970.';
