#!/usr/bin/env bash
# `perdura ledger verify` with input that is no ledger: exit codes and errors. What it finds in real ones: tests/simulation/ledger_audit_test.cc
# and tests/fault/kill_test.py.
#   ledger_test.sh PERDURA
set -euo pipefail
perdura=$1
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "FAILED: $*"; exit 1; }
refused() {  # text command...: exit code 1, the text in the error, and nothing on standard output
  local text=$1 rc=0; shift
  "$@" >out 2>err || rc=$?
  [ "$rc" = 1 ] && [ ! -s out ] || fail "exit code $rc of: $*"
  grep -q -- "$text" err || { cat err; fail "no \`$text\` in the error of: $*"; }
}
for n in 1 2 3; do "$perdura" charter keygen --out "key-$n" >/dev/null; done
"$perdura" charter pin --federation demo --threshold 2 --key key-{1,2,3}.pub --out authority.pin >/dev/null
refused "none.db: " "$perdura" ledger verify none.db --authority authority.pin
printf 'no database at all, however long this line may be' >text.db
refused "text.db: " "$perdura" ledger verify text.db --authority authority.pin
refused "key-1.pub: malformed: authority pin" "$perdura" ledger verify text.db --authority key-1.pub
refused "no.pin: " "$perdura" ledger verify text.db --authority no.pin
: >empty.release
refused "empty.release: " "$perdura" verify empty.release --authority authority.pin
# An option of all commands may follow the command's name.
refused "$work/profile.txtpb: no analyst's profile" "$perdura" describe --home "$work"
printf 'id: "x"\ncolour: "red"\n' >profile.txtpb
refused "profile.txtpb: line 2, column" "$perdura" describe --home "$work"
printf 'authority_pin_file: "%s/lost.pin"\n' "$work" >profile.txtpb
refused "lost.pin: " "$perdura" describe --home "$work"
printf 'authority_pin_file: "%s/authority.pin"\nsign_key_file: "%s/key-1"\ntls_cert_file: "t.pem"\ntls_key_file: "t.key"\ntls_ca_file: "c.pem"\n' "$work" "$work" >profile.txtpb
refused "t.key: " "$perdura" describe --home "$work"
refused "node at none.sock; is it running, is this its socket_path" "$perdura" record status --socket none.sock
[ "$(wc -l <err)" = 1 ] || { cat err; fail "a library wrote to standard error"; }
mkdir a b; printf 'x\n' | tee a/p.csv >b/p.csv
refused "b/p.csv: a file named p.csv is already in this import" "$perdura" record import --socket none.sock --system s a/p.csv b/p.csv
rc=0; "$perdura" ledger verify 2>/dev/null >&2 || rc=$?; [ "$rc" = 2 ] || fail "exit code of a bad command line is $rc"
echo "ledger verify: all as expected"
