#!/usr/bin/env bash
# A relay in shell: keeps a list verified and up to date (docs/list-format.md §9) with curl, jq, openssl, sha256sum,
# sort and comm.
#
#     relay.sh CREDENTIALS DIRECTORY [LIST]
#
# DIRECTORY/LIST is a link to the version in force: LIST/lines holds its lines, sorted, without a header; LIST/state
# what was signed about them. Whatever fails, the link stays. Exit codes: 0 current, 1 failed, 2 stale, 3 verification
# refused. Lists of more than 64 entries need a hash of each value, which takes shell about a millisecond or two: good
# for some thousands of entries (10,000 took 27 s on two busy cores); for more, take relay.py or chadan.
set -euo pipefail
export LC_ALL=C

[ $# -ge 2 ] || { sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 1; }
credentials=$1 directory=$2 list=${3:-sender-numbers}
issuer=$(jq -re .issuer "$credentials") client=$(jq -re .clientId "$credentials")
held=$directory/$list

umask 077
work=$(mktemp -d)
next=
trap 'rm -rf "$work" ${next:+"$next"}' EXIT

stop() { # CODE MESSAGE: the sync ends here; the list that was in force stays in force
  echo "relay: $2" >&2
  exit "$1"
}

# Bytes and base64url

from_hex() { # HEX
  # shellcheck disable=SC2059 # the escapes are made here, of hexadecimal digits alone
  printf "$(printf '%s' "$1" | sed 's/../\\x&/g')"
}
to_hex() { od -An -v -tx1 | tr -d ' \n'; }
b64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
unb64url() { # TEXT
  local text pad
  text=$(printf '%s' "$1" | tr -- '-_' '+/')
  pad=$(((4 - ${#text} % 4) % 4))
  printf '%s%.*s' "$text" "$pad" '==' | openssl base64 -d -A
}
sha256() { sha256sum | cut -c1-64; }

# Signatures: openssl speaks DER where JOSE has two plain numbers of 32 bytes.

public_pem() { # JWK FILE
  local x y
  x=$(unb64url "$(jq -re .x <<<"$1")" | to_hex) y=$(unb64url "$(jq -re .y <<<"$1")" | to_hex)
  jq -e '.kty == "EC" and .crv == "P-256"' <<<"$1" >/dev/null && [ "${#x}${#y}" = 6464 ] || stop 3 'not an ES256 key'
  # SubjectPublicKeyInfo of a P-256 key is always these bytes, then the point.
  from_hex "3059301306072a8648ce3d020106082a8648ce3d03010703420004$x$y" |
    openssl pkey -pubin -inform DER -out "$2"
}

private_pem() { # FILE
  local d x y
  d=$(unb64url "$(jq -re .privateKey.d "$credentials")" | to_hex)
  x=$(unb64url "$(jq -re .privateKey.x "$credentials")" | to_hex)
  y=$(unb64url "$(jq -re .privateKey.y "$credentials")" | to_hex)
  from_hex "30770201010420${d}a00a06082a8648ce3d030107a14403420004$x$y" | openssl pkey -inform DER -out "$1"
}

der_integer() { # HEX
  local number=$1
  while [ "${#number}" -gt 2 ] && [ "${number:0:2}" = 00 ]; do number=${number:2}; done
  case $number in [89a-f]*) number=00$number ;; esac
  printf '02%02x%s' $((${#number} / 2)) "$number"
}

make_jws() { # TYP CLAIMS
  local signed numbers
  signed=$(jq -cn --arg typ "$1" '{alg: "ES256", typ: $typ}' | tr -d '\n' | b64url).$(printf '%s' "$2" | b64url)
  # Each number is left-filled to 64 digits; openssl leaves leading zeros out.
  numbers=$(printf '%s' "$signed" | openssl dgst -sha256 -sign "$work/client.pem" | openssl asn1parse -inform DER |
    sed -n 's/.*INTEGER *://p' | while read -r number; do printf '%64s' "$number" | tr ' ' 0; done)
  printf '%s.%s' "$signed" "$(from_hex "$numbers" | b64url)"
}

open_jws() { # JWS TYP JWK: prints the claims of a JWS whose signature holds
  local head payload signature more hex numbers
  IFS=. read -r head payload signature more <<<"$1"
  [ -z "$more" ] || stop 3 "no $2"
  unb64url "$head" | jq -e --arg typ "$2" '.alg == "ES256" and .typ == $typ and (has("crit") | not)' >/dev/null ||
    stop 3 "no $2: its header is another"
  hex=$(unb64url "$signature" | to_hex)
  [ "${#hex}" = 128 ] || stop 3 "the signature of the $2 is none"
  numbers=$(der_integer "${hex:0:64}")$(der_integer "${hex:64}")
  from_hex "30$(printf '%02x' $((${#numbers} / 2)))$numbers" >"$work/signature.der"
  public_pem "$3" "$work/public.pem"
  printf '%s.%s' "$head" "$payload" |
    openssl dgst -sha256 -verify "$work/public.pem" -signature "$work/signature.der" >/dev/null 2>&1 ||
    stop 3 "the signature of the $2 does not hold"
  unb64url "$payload"
}

# The exchange. No secret is ever on a command line: curl reads it from its standard input.

ask() { # PATH MAX-BYTES FILE [CURL-OPTION...]
  local path=$1 max=$2 file=$3 status=0
  shift 3
  { [ -z "${token-}" ] || printf 'header = "Authorization: Bearer %s"\n' "$token"; } |
    curl -sS --fail-with-body --compressed --max-time 600 --connect-timeout 10 --config - "$@" "$issuer$path" |
    head -c $((max + 1)) >"$file" || status=$?
  [ "$(wc -c <"$file")" -le "$max" ] || stop 3 "${path%%\?*}: longer than it can be"
  [ "$status" = 0 ] || stop 1 "${path%%\?*}: $(head -c 300 "$file")"
}

log_in() { # RFC 7523: a client assertion for an access token
  local now claims
  now=$(date +%s)
  claims=$(jq -cn --arg client "$client" --arg issuer "$issuer" --argjson now "$now" --arg jti "$(openssl rand -hex 16)" \
    '{iss: $client, sub: $client, aud: $issuer, iat: $now, exp: ($now + 60), jti: $jti}')
  make_jws JWT "$claims" >"$work/assertion"
  ask /oauth/token 65536 "$work/token" --data-urlencode "client_assertion@$work/assertion" \
    --data grant_type=client_credentials \
    --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer
  token=$(jq -re .access_token "$work/token")
}

# The list: hash, tree, chain (§5, §6)

hash_lines() { # FILE: each line with the hash of its value before it, in eight digits
  local line value hash at code
  local -A codes=()
  for code in {33..126}; do codes[$(from_hex "$(printf %02x "$code")")]=$code; done
  while IFS= read -r line; do
    value=${line%%,*} hash=2166136261
    for ((at = 0; at < ${#value}; at++)); do
      hash=$((((hash ^ codes[${value:at:1}]) * 16777619) & 0xffffffff))
    done
    hash=$((((hash ^ hash >> 16) * 0x85ebca6b) & 0xffffffff))
    hash=$((((hash ^ hash >> 13) * 0xc2b2ae35) & 0xffffffff))
    printf '%08x %s\n' $((hash ^ hash >> 16)) "$line"
  done <"$1"
}

tree() { # FROM TO DEPTH: the digest of these of `hashes` and `lines`, which are in the order of the hash
  local from=$1 to=$2 depth=$3 middle bit left
  if ((to - from <= 64 || depth == 32)); then
    digest=$({
      printf '\0'
      ((to == from)) || printf '%s\n' "${lines[@]:from:to-from}" | sort
    } | sha256)
    return
  fi
  bit=$((31 - depth)) middle=$from
  while ((middle < to && (0x${hashes[middle]} >> bit & 1) == 0)); do middle=$((middle + 1)); done
  tree "$from" "$middle" $((depth + 1))
  left=$digest
  tree "$middle" "$to" $((depth + 1))
  digest=$({ printf '\1' && from_hex "$left$digest"; } | sha256)
}

digest_of() { # FILE of sorted lines
  local hashes=() lines=() digest
  if [ "$(wc -l <"$1")" -le 64 ]; then
    { printf '\0' && cat "$1"; } | sha256
    return
  fi
  hash_lines "$1" | sort >"$work/hashed"
  mapfile -t hashes < <(cut -c1-8 "$work/hashed")
  mapfile -t lines < <(cut -c10- "$work/hashed")
  tree 0 "${#lines[@]}" 0
  echo "$digest"
}

are_lines() { # FILE: whether it is lines in order, each value once, and ends with one
  [ ! -s "$1" ] || [ -z "$(tail -c 1 "$1")" ] || return 1
  ! grep -qvE '^[A-Za-z0-9+._-]{1,64},[a-z_]{1,32},(permanent|[0-9]{4}-[0-9]{2}-[0-9]{2})$' "$1" &&
    sort -c "$1" 2>/dev/null && [ -z "$(cut -d, -f1 "$1" | uniq -d)" ]
}

apply_diff() { # LINES DIFF OUT: fails where the diff does not fit
  [ "$(head -1 "$2")" = op,value,category,until ] && [ -z "$(tail -c 1 "$2")" ] || return 1
  tail -n +2 "$2" >"$work/rows"
  # All removals come before all additions.
  ! sed -n '/^+,/,$p' "$work/rows" | grep -qv '^+,' || return 1
  ! sed '/^+,/,$d' "$work/rows" | grep -qv '^-,' || return 1
  sed -n 's/^-,//p' "$work/rows" >"$work/removed"
  sed -n 's/^+,//p' "$work/rows" >"$work/added"
  are_lines "$work/removed" && are_lines "$work/added" || return 1
  # A removal whose line is not there means that this is not the version it says.
  [ -z "$(comm -13 "$1" "$work/removed")" ] || return 1
  comm -23 "$1" "$work/removed" | sort -m - "$work/added" >"$3"
  are_lines "$3"
}

is_signed() { # LINES: whether they are what the manifest signs
  [ "$(wc -l <"$1")" -eq "$count" ] && [ "$(digest_of "$1")" = "$digest" ]
}

# The steps of §9

claim() { jq -re "$1" <<<"$manifest" || stop 3 "the manifest has no $1"; }
held_claim() { jq -r "$1" "$held/state" 2>/dev/null || echo; }

fetch_manifest() {
  local keys kid key
  ask /v1/keys 65536 "$work/keys"
  keys=$(open_jws "$(<"$work/keys")" keyset+jwt "$(jq -ce .rootKey "$credentials")")
  sequence=$(jq -re .sequence <<<"$keys")
  [ "$(jq -r .iss <<<"$keys")" = "$issuer" ] || stop 3 'the key set is of another issuer'
  [ "$sequence" -ge "$(held_claim .sequence | grep . || echo 0)" ] || stop 3 'the key set is older than one accepted'
  [ "$(jq -r .exp <<<"$keys")" -gt "$(date +%s)" ] || stop 2 'the key set has expired'
  ask "/v1/lists/$list/manifest" 65536 "$work/manifest"
  kid=$(unb64url "$(cut -d. -f1 "$work/manifest")" | jq -re .kid) || stop 3 'the manifest names no key'
  key=$(jq -ce --arg kid "$kid" '.keys[] | select(.kid == $kid)' <<<"$keys") || stop 3 "the manifest's key is in no key set"
  manifest=$(open_jws "$(<"$work/manifest")" manifest+jwt "$key")
  jq -e --arg iss "$issuer" --arg list "$list" '.iss == $iss and .sub == $list' <<<"$manifest" >/dev/null ||
    stop 3 'the manifest is of another issuer or list'
  epoch=$(claim .epoch) version=$(claim .version) count=$(claim .count) digest=$(claim .digest) chain=$(claim .chain)
}

judge() { # whether this manifest may follow what was accepted; alarms come before age
  if [ "$epoch" = "$held_epoch" ]; then
    [ "$version" -ge "$held_version" ] || stop 3 "ROLLBACK: version $version is older than $held_version"
    if [ "$version" -eq "$held_version" ]; then
      [ "$digest $chain" = "$(held_claim .digest) $(held_claim .chain)" ] || stop 3 'SPLIT VIEW: the version is another'
    elif [ "$version" -eq $((held_version + 1)) ]; then
      [ "$(from_hex "$(held_claim .chain)$digest" | sha256)" = "$chain" ] || stop 3 'SPLIT VIEW: the chain does not go on'
    fi
  elif [ -n "$held_epoch" ]; then
    jq -e --arg epoch "$epoch" '.left // [] | index($epoch) | not' "$held/state" >/dev/null ||
      stop 3 'ROLLBACK: this epoch was left for a newer one'
    echo "relay: a new history begins: epoch $epoch" >&2
  fi
  [ "$(claim .exp)" -gt "$(date +%s)" ] || stop 2 'the manifest has expired: the list may be out of date'
}

# A line is at most 128 bytes; a diff removes at most what is held and adds at most what is signed.
fetch_diff() { # FROM COUNT FILE
  ask "/v1/lists/$list/versions/$version/diff?from=$1&epoch=$epoch" $((($2 + count + 1) * 128)) "$3"
}

by_diff() {
  fetch_diff "$held_version" "$(wc -l <"$held/lines")" "$work/diff"
  apply_diff "$held/lines" "$work/diff" "$work/lines" && is_signed "$work/lines"
}

by_snapshot() {
  local start bytes
  start=$(claim .snapshot.version) bytes=$(claim .snapshot.bytes)
  ask "/v1/lists/$list/versions/$start/snapshot?epoch=$epoch" "$bytes" "$work/snapshot"
  [ "$(sha256 <"$work/snapshot")" = "$(claim .snapshot.sha256)" ] &&
    [ "$(head -1 "$work/snapshot")" = value,category,until ] || return 1
  tail -n +2 "$work/snapshot" >"$work/lines"
  are_lines "$work/lines" || return 1
  if [ "$start" -lt "$version" ]; then
    mv "$work/lines" "$work/base"
    fetch_diff "$start" "$(wc -l <"$work/base")" "$work/diff"
    apply_diff "$work/base" "$work/diff" "$work/lines" || return 1
  fi
  is_signed "$work/lines"
}

left_epochs() { # those held before the manifest's; none of them comes back
  [ -n "$held_epoch" ] || { echo '[]'; return; }
  jq -c --arg epoch "$epoch" 'if .epoch == $epoch then .left // [] else [.epoch] + (.left // []) end' "$held/state"
}

put_in_force() { # renaming the link is the one moment at which a version takes force
  local before left
  mkdir -p "$directory"
  next=$(mktemp -d "$directory/$list-$version-XXXXXX")
  cp "$work/lines" "$next/lines"
  left=$(left_epochs)
  jq -c --argjson sequence "$sequence" --argjson left "$left" \
    '{epoch, version, count, digest, chain, sequence: $sequence, left: $left}' <<<"$manifest" >"$next/state"
  chmod -R a+rX "$next"
  sync "$next"/* "$next" 2>/dev/null || sync # where sync takes no files
  before=$(readlink "$held" || true)
  ln -s "${next##*/}" "$next.link"
  mv -fT "$next.link" "$held" 2>/dev/null || mv -fh "$next.link" "$held" # GNU; BSD
  next=
  [ -z "$before" ] || rm -rf "${directory:?}/$before"
}

send_receipt() {
  local claims
  claims=$(jq -c --arg client "$client" --arg issuer "$issuer" --argjson now "$(date +%s)" \
    '{iss: $client, aud: $issuer, sub, epoch, version, digest, count, iat: $now}' <<<"$manifest")
  make_jws receipt+jwt "$claims" >"$work/receipt"
  ask "/v1/lists/$list/receipts" 65536 "$work/answer" -H 'Content-Type: application/jwt' --data-binary "@$work/receipt"
}

private_pem "$work/client.pem"
held_epoch=$(held_claim .epoch) held_version=$(held_claim .version)
log_in
fetch_manifest
judge
# Lines that are damaged are taken anew, as of a new history.
is_whole=
if [ "$epoch" = "$held_epoch" ] &&
  [ "$(wc -l <"$held/lines")" = "$(held_claim .count)" ] && [ "$(digest_of "$held/lines")" = "$(held_claim .digest)" ]; then
  is_whole=yes
fi
if [ -n "$is_whole" ] && [ "$version" -eq "$held_version" ]; then
  how=unchanged
elif [ -n "$is_whole" ] && [ "$held_version" -ge "$(claim .oldestDiff)" ] && by_diff; then
  how="diff from version $held_version"
else
  by_snapshot || stop 3 'DIGEST MISMATCH: what is served is not what is signed'
  how=snapshot
fi
[ "$how" = unchanged ] && [ "$(held_claim .sequence)" = "$sequence" ] || {
  [ "$how" != unchanged ] || cp "$held/lines" "$work/lines"
  put_in_force
}
echo "$list: version $version ($how), $count entries, digest ${digest:0:12}"
send_receipt
