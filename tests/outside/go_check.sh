#!/usr/bin/env bash
# Go's log packages (Debian: golang-golang-x-mod-dev) open our notes and check our proofs.
#   go_check.sh LOG_SAMPLE
set -euo pipefail
command -v go >/dev/null || { echo "go is absent: skipped"; exit 77; }
[ -d /usr/share/gocode/src/golang.org/x/mod/sumdb/tlog ] || { echo "golang-golang-x-mod-dev is absent: skipped"; exit 77; }
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" "$folder"
# Debian's sources only, no module download; the cache may be empty in a clean home.
export GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= GOPROXY=off GOTOOLCHAIN=local
export GOCACHE=${GOCACHE:-$folder/cache}
go run "$here/check_log.go" "$here/counting.go" "$folder/log.json"
