#!/usr/bin/env bash
# `perdura ledger verify` with input that is no ledger: exit codes and errors. What it finds in real ones: tests/simulation/ledger_audit_test.cc
# and tests/fault/kill_test.py.
#   ledger_test.sh PERDURA
set -euo pipefail
perdura=$1
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "FAILED: $*"; exit 1; }
refused() {  # command...: exit code 1, an error, and nothing on standard output
  local rc=0
  "$@" >out 2>err || rc=$?
  [ "$rc" = 1 ] && [ -s err ] && [ ! -s out ] || fail "exit code $rc of: $*"
}
for n in 1 2 3; do "$perdura" charter keygen --out "key-$n" >/dev/null; done
"$perdura" charter pin --federation demo --threshold 2 --key key-{1,2,3}.pub --out authority.pin >/dev/null
refused "$perdura" ledger verify none.db --authority authority.pin
printf 'no database at all, however long this line may be' >text.db
refused "$perdura" ledger verify text.db --authority authority.pin
refused "$perdura" ledger verify text.db --authority key-1.pub
refused "$perdura" ledger verify text.db --authority no.pin
grep -q 'no.pin' err || fail "the error does not name the file that is missing"
# An option of all commands may follow the command's name.
refused "$perdura" describe --home "$work"
grep -q 'profile.txtpb' err || fail "--home after the command was not taken"
rc=0; "$perdura" ledger verify 2>/dev/null >&2 || rc=$?; [ "$rc" = 2 ] || fail "exit code of a bad command line is $rc"
echo "ledger verify: all as expected"
