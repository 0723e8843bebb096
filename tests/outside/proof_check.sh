#!/usr/bin/env bash
# What `perdura audit prove` writes, under the eyes of other programs: Go's log packages (Debian: golang-golang-x-mod-dev) check the proofs,
# OpenSSL the signatures of the log and of a steward under them.
#   proof_check.sh openssl|go PERDURA AUDIT_SAMPLE
set -euo pipefail
program=$1 perdura=$2
command -v "$program" >/dev/null || { echo "$program is absent: skipped"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$3" "$folder" 2>/dev/null
"$perdura" audit prove "$folder/aggregator.db" --authority "$folder/authority.pin" --manifest "$(cat "$folder/manifest.txt")" \
  --entry 0 --from 1 --from 4 --out "$folder/proof" >/dev/null

check_go() {
  [ -d /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog ] || { echo "golang-golang-x-mod-dev is absent: skipped"; exit 77; }
  export GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= GOPROXY=off GOTOOLCHAIN=local GOCACHE=${GOCACHE:-$folder/cache}
  go run "$here/check_proof.go" "$here/counting.go" "$folder/proof"
}

# The bytes of a verifier key after its type byte, as DER.
public_key() { # line of keys.txt
  { printf '302a300506032b6570032100'; cut -d+ -f3- <<<"$1" | base64 -d | tail -c 32 | od -An -v -tx1 | tr -d ' \n'; } | sed 's/../\\x&/g'
}
verify() { # bytes, signature, key in DER
  openssl pkeyutl -verify -pubin -keyform DER -inkey "$3" -rawin -in "$1" -sigfile "$2" >/dev/null 2>&1
}
check_openssl() {
  cd "$folder/proof"
  local proof name number=0
  proof=$(ls entry-*.tlog-proof | head -1)
  # Below the first empty line: the note's text, an empty line, one signature a line.
  sed '1,/^$/d' "$proof" | sed '/^$/,$d' >text
  sed '1,/^$/d' "$proof" | sed '1,/^$/d' >signatures
  while read -r key; do
    name=${key%%+*}
    printf "$(public_key "$key")" >key.der
    grep -F " $name " signatures | head -1 | cut -d' ' -f3 | base64 -d >line || continue
    [ -s line ] || continue
    if [ "$number" = 0 ]; then
      tail -c 64 line >signature; cp text signed
    else  # a cosignature: key id, time in 8 bytes, signature
      tail -c 64 line >signature
      { printf 'cosignature/v1\ntime %d\n' "0x$(tail -c 72 line | head -c 8 | od -An -v -tx1 | tr -d ' \n')"; cat text; } >signed
    fi
    verify signed signature key.der || { echo "OpenSSL refuses the signature of $name" >&2; exit 1; }
    { head -c -1 signed; printf x; } >changed
    if verify changed signature key.der; then echo "OpenSSL takes changed bytes of $name" >&2; exit 1; fi
    number=$((number + 1))
  done <keys.txt
  [ "$number" -ge 4 ] || { echo "only $number signatures" >&2; exit 1; }
  echo "$number signatures verified, $number forgeries refused"
}
"check_$program"
