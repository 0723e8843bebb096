#!/usr/bin/env bash
# Numbers out of range on the command line of `preview`: exit code 2, and the option is named.
#   options_test.sh PERDURA
set -euo pipefail
perdura=$1
fail() { echo "FAILED: $*"; exit 1; }
unreadable() {  # option, value
  local rc=0 errors
  errors=$("$perdura" preview --endpoint overall-survival "$1" "$2" 2>&1) || rc=$?
  [ "$rc" = 2 ] || fail "exit code $rc of $1 $2"
  grep -q -e "$1" <<<"$errors" || fail "the error does not name $1: $errors"
}
unreadable --releases-left -1
unreadable --releases-left 0
unreadable --releases-left 18446744073709551615
unreadable --expect-n 0
unreadable --expect-n -5
unreadable --target-width 0
unreadable --target-width -0.1
# In range: what is missing then is the analyst's home.
rc=0; errors=$("$perdura" preview --endpoint x --releases-left 5 --expect-n 46 --target-width 0.05 2>&1) || rc=$?
[ "$rc" = 1 ] && grep -q "which analyst" <<<"$errors" || fail "numbers in range are refused: $errors"
echo "options: all as expected"
