#!/usr/bin/env bash
# The charter commands as an authority uses them, then wrong input: exit codes, and errors that say what to do.
#   charter_test.sh PERDURA DEPLOY_FOLDER
set -euo pipefail
perdura=$1; deploy=$2
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "FAILED: $*"; exit 1; }
expect_refusal() {  # text command...
  local text=$1; shift
  if "$@" >output 2>&1; then fail "accepted: $*"; fi
  grep -q -- "$text" output || { cat output; fail "no \`$text\` in the error of: $*"; }
}

for n in 1 2 3; do "$perdura" charter keygen --out "key-$n" >/dev/null; done
expect_refusal "a key is there already" "$perdura" charter keygen --out key-1
"$perdura" charter pin --federation demo --threshold 2 --key key-{1,2,3}.pub --out authority.pin >/dev/null
expect_refusal "threshold" "$perdura" charter pin --federation demo --threshold 4 --key key-{1,2,3}.pub --out wrong.pin

cards=()
for party in aggregator ohio alfred st-vincent hahnemann evidence-desk; do
  mkdir "$party"
  case $party in aggregator) role=aggregator ;; evidence-desk) role=analyst ;; *) role=member ;; esac
  "$perdura" party init --id "$party" --role "$role" --tls-pin "$(printf '%s' "$party" | sha256sum | cut -c1-64)" --dir "$party" >/dev/null
  cards+=(--card "$party/party.card")
done
[ "$(stat -c %a ohio/sign.key)" = 600 ] || fail "sign.key is readable by others"
[ -e ohio/cosign.key ] && [ -e aggregator/log.key ] && [ ! -e evidence-desk/log.key ] || fail "keys by role"
expect_refusal "member, aggregator or analyst" "$perdura" party init --id x --role witness --tls-pin 00 --dir ohio
expect_refusal "64 hex digits" "$perdura" party init --id x --tls-pin 00 --dir ohio

"$perdura" party psk --id ohio --with alfred --dir ohio >output
grep -q "ohio@alfred.psk, mode 0600" output || fail "how to hand a secret over"
[ "$(stat -c %a ohio/ohio@alfred.psk)" = 600 ] || fail "a pair secret is readable by others"
grep -Eq '^[0-9a-f]{64}$' ohio/ohio@alfred.psk || fail "form of a pair secret"
! grep -qf ohio/ohio@alfred.psk output || fail "the secret was printed"
expect_refusal "a key is there already" "$perdura" party psk --id ohio --with alfred --dir ohio
expect_refusal "a name is" "$perdura" party psk --id ../x --with alfred --dir ohio

"$perdura" charter build "$deploy/charter-1.txtpb" --pin authority.pin "${cards[@]}" --out 1.charter >/dev/null
"$perdura" charter sign 1.charter --key key-1 key-2 >output; grep -q "has 2 signatures" output || fail "two signatures"
"$perdura" charter build "$deploy/charter-2.txtpb" --pin authority.pin --previous 1.charter "${cards[@]}" --out 2.charter >/dev/null
"$perdura" charter diff 1.charter 2.charter >output; grep -q "+ data_cuts bmt@1" output || fail "the diff names the new cut"
"$perdura" charter diff 1.charter 1.charter >output; grep -q "nothing changes" output || fail "equal charters"
"$perdura" charter show 1.charter >output; grep -q 'federation: "demo"' output || fail "show"

expect_refusal "no charter file" "$perdura" charter sign authority.pin --key key-1
sed 's/min_entities: 3/min_entities: 2/' "$deploy/charter-1.txtpb" >two.txtpb
expect_refusal "min_entities" "$perdura" charter build two.txtpb --pin authority.pin "${cards[@]}" --out two.charter
sed 5d ohio/party.card | sed '4a\\' >short.card
expect_refusal "members ohio.log_key" "$perdura" charter build "$deploy/charter-1.txtpb" --pin authority.pin "${cards[@]/ohio\/party.card/short.card}" --out witness.charter
printf 'no_such_field: 1\n' | cat - "$deploy/charter-1.txtpb" >field.txtpb
expect_refusal "no_such_field" "$perdura" charter build field.txtpb --pin authority.pin "${cards[@]}" --out field.charter
sed 's/^federation: .*/&\nwitness: WITNESS_NONE/' "$deploy/charter-1.txtpb" >none.txtpb
"$perdura" charter build none.txtpb --pin authority.pin "${cards[@]/ohio\/party.card/short.card}" --out none.charter >/dev/null
[ ! -e two.charter ] && [ ! -e witness.charter ] && [ ! -e field.charter ] || fail "a refused draft left a file"
expect_refusal "cannot be read" "$perdura" verify 1.charter --authority authority.pin
expect_refusal "64 hex digits" "$perdura" releases abc
expect_refusal "which analyst" "$perdura" describe
expect_refusal "\*.release" "$perdura" verify two.txtpb --authority authority.pin
rc=0; "$perdura" aks 2>err || rc=$?; [ "$rc" = 2 ] && grep -q 'unknown command `aks`' err || fail "a mistyped command is not named"
rc=0; "$perdura" charter 2>/dev/null >&2 || rc=$?; [ "$rc" = 2 ] || fail "exit code of a bad command line is $rc"
echo "charter commands: all as expected"
