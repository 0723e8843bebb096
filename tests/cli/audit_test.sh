#!/usr/bin/env bash
# `perdura audit verify` and `prove` on the files of a simulated federation: what they print, what they find, exit codes.
#   audit_test.sh PERDURA AUDIT_SAMPLE
set -euo pipefail
perdura=$1
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
"$2" "$work" 2>/dev/null
cd "$work"
fail() { echo "FAILED: $*"; exit 1; }
audit() { "$perdura" audit "$@" --authority authority.pin >out 2>err; }
refused() {  # command...: exit code 1, an error, and nothing on standard output
  local rc=0
  "$@" || rc=$?
  [ "$rc" = 1 ] && [ -s err ] && [ ! -s out ] || fail "exit code $rc of: $*"
}
says() { grep -q -- "$2" "$1" || { cat "$1"; fail "nothing says: $2"; }; }

"$perdura" verify second.release --authority authority.pin >out
says out 'siblings: 1 other attempt'
says out "sibling $(cat manifest.txt)  released"

audit verify aggregator.db ohio.db alfred.db first.release second.release || { cat err; fail "honest files are refused"; }
says out 'aggregator: log: test/aggregator/1, tree of'
says out 'aggregator: charges: 2, each in its entry'
says out 'ohio: checkpoint of .* entries of test/aggregator/1 lies on the copy'
says out 'listed as released; released, 2 steward(s) summed it'
audit verify aggregator.db second.release || fail "the aggregator's copy alone is refused"
audit verify second.release || fail "a release alone is refused"

refused audit verify aggregator.db ohio.db hiding.release
says err 'PROBLEM .*not listed.*hidden'
refused audit verify alfred.db hiding.release
says err 'alfred dealt for it before it s'

printf 'neither database nor release' >text.txt
refused audit verify aggregator.db text.txt
says err 'text.txt'
refused audit verify none.db
says err 'none.db'
head -c 20000 aggregator.db >cut.db
rc=0; audit verify cut.db || rc=$?; [ "$rc" != 0 ] || fail "a cut database passes"

"$perdura" charter checkpoints aggregator.db ohio.db --authority authority.pin --out all.checkpoints >out || fail "charter checkpoints"
for party in aggregator ohio alfred st-vincent hahnemann; do says out "^$party  [0-9]* entries of test/$party/1"; done
[ -s all.checkpoints ] || fail "no file of checkpoints"
refused "$perdura" charter checkpoints text.txt --authority authority.pin --out none.checkpoints 2>err >out
[ ! -e none.checkpoints ] || fail "checkpoints of no database"

audit prove aggregator.db --entry 0 --entry 2 --manifest "$(cat manifest.txt)" --from 1 --from 3 --out proof || { cat err; fail "prove"; }
for file in keys.txt entry-0.json entry-2.tlog-proof growth-1.txt growth-3.txt; do [ -s "proof/$file" ] || fail "no proof/$file"; done
says out 'cosigned by [34] stewards'
grep -l '"kind":"reserved"' proof/entry-*.json >/dev/null || fail "the manifest's charge is not among the entries"
grep -l '"kind":"released"' proof/entry-*.json >/dev/null || fail "the manifest's end is not among the entries"
"$perdura" audit prove ohio.db --authority authority.pin --manifest "$(cat manifest.txt)" --out own >out || fail "a node's entries"
says out 'entry'
refused audit prove aggregator.db --entry 99999 --out proof
refused audit prove aggregator.db --from 0 --out proof
refused audit prove aggregator.db --from 99999 --out proof
refused audit prove aggregator.db --manifest 12 --out proof
refused audit prove aggregator.db --manifest "$(printf 'ab%.0s' $(seq 32))" --out proof
refused audit prove aggregator.db --out proof
refused audit prove text.txt --entry 0 --out proof
rc=0; "$perdura" audit prove aggregator.db --entry 0 --out proof 2>/dev/null >&2 || rc=$?; [ "$rc" = 2 ] || fail "exit code of a bad command line is $rc"
echo "audit verify and prove: all as expected"
