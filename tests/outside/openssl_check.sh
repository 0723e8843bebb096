#!/usr/bin/env bash
# OpenSSL verifies our signatures over notes, cosigned notes and envelopes, and refuses a changed byte.
#   openssl_check.sh LOG_SAMPLE
set -euo pipefail
command -v openssl >/dev/null || { echo "openssl is absent: skipped"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" "$folder"

verify() { # bytes, name of signature and key
  openssl pkeyutl -verify -pubin -keyform DER -inkey "$folder/$2.der" -rawin -in "$1" -sigfile "$folder/$2.sig"
}

for name in note cosignature pae; do
  verify "$folder/$name" "$name" >/dev/null || { echo "$name: OpenSSL refuses our signature" >&2; exit 1; }
  { head -c -1 "$folder/$name"; printf x; } >"$folder/changed"
  if verify "$folder/changed" "$name" >/dev/null 2>&1; then
    echo "$name: OpenSSL takes changed bytes" >&2; exit 1
  fi
done
if verify "$folder/note" cosignature >/dev/null 2>&1; then
  echo "a cosignature passes for one of the note alone" >&2; exit 1
fi
echo "3 signatures verified, 4 forgeries refused"
