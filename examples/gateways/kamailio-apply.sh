#!/bin/sh
# Gives kamcmd the commands of `chadan export --format kamailio --to`, with the arguments given here (-s SOCKET).
# kamcmd ends with 0 whatever it is answered, so the answers decide: no error, and in the end the state that was sent.
kamcmd "$@" | awk -v state="$CHADAN_EPOCH/$CHADAN_VERSION" '
  /error:/ { print; failed = 1 }
  $1 == "value:" { held = $2 }
  END {
    if (held != state) { print "the table holds " (held == "" ? "nothing" : held) ", not " state; failed = 1 }
    exit failed
  }' >&2
