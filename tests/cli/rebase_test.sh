#!/usr/bin/env bash
# `perdura rebase` with input that is no database or rebase: exit codes and errors. What it drafts for real ones: tests/simulation/rebase_test.cc.
#   rebase_test.sh PERDURA
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
"$perdura" charter keygen --out key >/dev/null
printf 'no database at all, however long this line may be' >text.db
refused "$perdura" rebase attempts none.db --out known.attempts
refused "$perdura" rebase attempts text.db --out known.attempts
[ ! -e known.attempts ] || fail "a file was written for no database"
refused "$perdura" rebase draft text.db --reason lost --operator me --out x.rebase
refused "$perdura" rebase draft text.db --known none.attempts --reason lost --operator me --out x.rebase
grep -q 'none.attempts' err || fail "the error does not name the file that is missing"
refused "$perdura" rebase sign text.db --key key
refused "$perdura" rebase show text.db
rc=0; "$perdura" rebase draft text.db --out x.rebase 2>/dev/null >&2 || rc=$?
[ "$rc" = 2 ] || fail "exit code of a draft without reason is $rc"
echo "rebase: all as expected"
