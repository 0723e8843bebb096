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
head -1 key-1 | grep -qx 'perdura/secret-key/v1' && head -1 key-1.pub | grep -qx 'perdura/public-key/v1' || fail "a key file does not say what it is"
expect_refusal "key-1: this is a perdura/secret-key/v1" "$perdura" charter pin --federation demo --threshold 1 --key key-1 --out leaked.pin
! grep -qf <(tail -1 key-1) output || fail "the error shows the secret"
[ ! -e leaked.pin ] || fail "a pin of a secret key was written"
tail -1 key-1 >untagged
expect_refusal "untagged: the first line must be perdura/public-key/v1" "$perdura" charter pin --federation demo --threshold 1 --key untagged --out leaked.pin
expect_refusal "no/dir/key: cannot create" "$perdura" charter keygen --out no/dir/key
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
expect_refusal "authority.pin: no PEM certificate" "$perdura" party init --id x --tls-cert authority.pin --dir ohio
pin=$(printf x | sha256sum | cut -c1-64)
expect_refusal "excludes" "$perdura" party init --id x --tls-cert authority.pin --tls-pin "$pin" --dir ohio
mkdir half; cp ohio/cosign.key half/
expect_refusal "half/cosign.key: a key is there already" "$perdura" party init --id x --tls-pin "$pin" --dir half
[ "$(ls half)" = cosign.key ] || fail "a refused party init left keys behind"

"$perdura" party psk --id ohio --with alfred --dir ohio >output
grep -q "ohio@alfred.psk, mode 0600" output || fail "how to hand a secret over"
[ "$(stat -c %a ohio/ohio@alfred.psk)" = 600 ] || fail "a pair secret is readable by others"
head -1 ohio/ohio@alfred.psk | grep -qx 'perdura/pair-secret/v1' && sed -n 2p ohio/ohio@alfred.psk | grep -Eqx '[0-9a-f]{64}' || fail "form of a pair secret"
! grep -qf <(tail -1 ohio/ohio@alfred.psk) output || fail "the secret was printed"
expect_refusal "a key is there already" "$perdura" party psk --id ohio --with alfred --dir ohio
expect_refusal "a name is" "$perdura" party psk --id ../x --with alfred --dir ohio

"$perdura" charter build "$deploy/charter-1.txtpb" --pin authority.pin "${cards[@]}" --out 1.charter >/dev/null
"$perdura" charter sign 1.charter --key key-1 key-1 >output; grep -q "has 1 of 2 needed signatures, by authority key 1 (" output || fail "one key counts twice"
"$perdura" charter sign 1.charter --key key-1 key-3 >output; grep -q "has 2 of 2 needed signatures, by authority key 1 (.*), authority key 3 (" output || fail "two signatures"
for _ in $(seq 17); do "$perdura" charter sign 1.charter --key key-1 key-3 >/dev/null; done
"$perdura" charter show 1.charter >output; grep -q '^# 2 of 2 needed signatures, by authority key 1 (' output || { tail -1 output; fail "who signed"; }
cp 1.charter unsigned.charter
expect_refusal "ohio/sign.key: this key (.*) is none of the authority keys" "$perdura" charter sign 1.charter --key ohio/sign.key
expect_refusal "key-1.pub: this is a perdura/public-key/v1" "$perdura" charter sign 1.charter --key key-1.pub
cmp -s 1.charter unsigned.charter || fail "a refused signature changed the file"
"$perdura" charter build "$deploy/charter-2.txtpb" --pin authority.pin --previous 1.charter "${cards[@]}" --out 2.charter >/dev/null
"$perdura" charter diff 1.charter 2.charter >output; grep -q "+ data_cuts bmt@1" output || fail "the diff names the new cut"
"$perdura" charter diff 1.charter 1.charter >output; grep -q "nothing changes" output || fail "equal charters"
"$perdura" charter keygen --out key-4 >/dev/null
"$perdura" charter pin --federation demo --threshold 2 --key key-{4,2,3}.pub --out next.pin >/dev/null
"$perdura" charter build "$deploy/charter-2.txtpb" --pin next.pin --previous 1.charter "${cards[@]}" --out rotated.charter >/dev/null
expect_refusal "key-1: this key (.*) is none" "$perdura" charter sign rotated.charter --key key-1
"$perdura" charter sign rotated.charter --authority 1.charter --key key-1 key-2 >output; grep -q "has 2 of 2 needed" output || fail "the keys of the charter before"
expect_refusal "2.charter: this is not the charter that the one to sign follows" "$perdura" charter sign rotated.charter --authority 2.charter --key key-1
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
rc=0; "$perdura" record imprt 2>err || rc=$?; [ "$rc" = 2 ] && grep -q 'unknown command `imprt`' err || fail "a mistyped word after a command is not named"
rc=0; "$perdura" releases --out dir 2>err || rc=$?; [ "$rc" = 2 ] && grep -q -e '--out requires release' err || { cat err; fail "releases takes --out without an id"; }
rc=0; "$perdura" charter 2>/dev/null >&2 || rc=$?; [ "$rc" = 2 ] || fail "exit code of a bad command line is $rc"
echo "charter commands: all as expected"
