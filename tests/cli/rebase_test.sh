#!/usr/bin/env bash
# `perdura rebase` with input that is no database or rebase: exit codes and errors. What it drafts for real ones: tests/simulation/rebase_test.cc.
#   rebase_test.sh PERDURA
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
"$perdura" charter keygen --out key >/dev/null
printf 'no database at all, however long this line may be' >text.db
refused "none.db: " "$perdura" rebase attempts none.db --out known.attempts
refused "text.db: " "$perdura" rebase attempts text.db --out known.attempts
[ ! -e known.attempts ] || fail "a file was written for no database"
refused "text.db: " "$perdura" rebase draft text.db --reason lost --operator me --out x.rebase
refused "none.attempts: " "$perdura" rebase draft text.db --known none.attempts --reason lost --operator me --out x.rebase
refused "text.db: no rebase file" "$perdura" rebase sign text.db --charter none.charter --key key
refused "text.db: no rebase file" "$perdura" rebase show text.db
rc=0; "$perdura" rebase sign text.db --key key 2>err >out || rc=$?
[ "$rc" = 2 ] && grep -q -e '--charter is required' err || fail "a rebase is signed without the charter whose keys count"
rc=0; "$perdura" rebase draft text.db --out x.rebase 2>/dev/null >&2 || rc=$?
[ "$rc" = 2 ] || fail "exit code of a draft without reason is $rc"
echo "rebase: all as expected"
