#!/bin/sh
# Makes Kannel read its black list anew, and sees that it did: kannel-reload.sh FILE
# FILE is what `chadan export --format kannel --out FILE` wrote. The settings are in the environment, so that no
# password is ever on a command line:
#   KANNEL_LIST_URL   black-list-sender of Kannel's configuration
#   KANNEL_ADMIN_URL  http://127.0.0.1:ADMIN-PORT, and KANNEL_ADMIN_PASSWORD
#   KANNEL_SEND_URL   http://127.0.0.1:SENDSMS-PORT/cgi-bin/sendsms, and KANNEL_SEND_USER, KANNEL_SEND_PASSWORD
#   KANNEL_RESTART    yes: restart Kannel where it lost its list; else that is only told
set -eu
file=$1
CANARY=01000000000

fail() {
  echo "kannel-reload: $*" >&2
  exit 1
}

# curl reads the URL, passwords and all, from its standard input.
get() {
  printf 'url = "%s"\n' "$1" | curl --silent --show-error --noproxy '*' --max-time 20 --config - --output - "$2" "$3"
}

# Kannel empties its list, and says that it is re-loaded, if the answer is not 200 text/plain. So see that first.
served=$(mktemp)
trap 'rm -f "$served"' EXIT
type=$(get "$KANNEL_LIST_URL" --write-out '%{stderr}%{http_code} %{content_type}' 2>&1 >"$served") ||
  fail "$KANNEL_LIST_URL: $type; not reloaded, the list stays in force"
case $type in
  '200 text/plain'*) ;;
  *) fail "$KANNEL_LIST_URL answers $type; not reloaded, the list stays in force" ;;
esac
cmp -s "$served" "$file" || fail "$KANNEL_LIST_URL does not serve $file; not reloaded, the list stays in force"

admin() {
  get "$KANNEL_ADMIN_URL/$1?password=$KANNEL_ADMIN_PASSWORD" --write-out ''
}

# The canary is on every list and can be no sender: if Kannel takes its message, it holds no list.
refuses_canary() {
  login="username=$KANNEL_SEND_USER&password=$KANNEL_SEND_PASSWORD"
  status=$(get "$KANNEL_SEND_URL?$login&from=$CANARY&to=$CANARY&text=canary" --write-out ' %{http_code}' 2>&1) || return 1
  case $status in *' 403') ;; *) return 1 ;; esac
}

answer=$(admin reload-lists)
case $answer in
  *re-loaded*) refuses_canary && exit 0 ;;
esac

# A Kannel whose list was emptied never loads one again (1.4.5 looks at the list that it had), but at its start.
[ "${KANNEL_RESTART-}" = yes ] ||
  fail "Kannel holds no list and blocks nobody ($answer; to the canary: ${status-not asked}): restart it"
echo "kannel-reload: Kannel holds no list: restarting it" >&2
admin restart >/dev/null
for _ in $(seq 60); do
  refuses_canary && exit 0
  sleep 0.5
done
fail "Kannel holds no list after a restart either ($status)"
