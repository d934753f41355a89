#!/bin/bash
# Starts the engines, runs every test of every module, stops the engines.
#
# Where there is a C compiler everything runs under the race detector. What it
# distorts (allocation gates, marked "!race") runs a second time without it.
# LINTEL_TEST_POSTGRES given from outside is used as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { echo "test: $*"; }

engines=given
if [ -z "${LINTEL_TEST_POSTGRES-}" ]; then
  engines=$(scripts/engines.sh start)
  trap 'status=$?; scripts/engines.sh stop || status=1; exit "$status"' EXIT
  eval "$engines"
fi
if [ -z "${LINTEL_TEST_POSTGRES-}" ] && [ "${CI-}" = true ]; then
  say "PostgreSQL is needed when CI=true" >&2
  exit 1
fi

flags=(-timeout=8m) # of one package; a hang must not cost half an hour
if [ "${CI-}" = true ]; then
  flags+=(-count=1) # nothing from the cache
fi
race=()
if [ "$(go env CGO_ENABLED)" = 1 ]; then
  race=(-race)
else
  say "no C compiler: going on without the race detector"
fi

say "go vet"
go vet ./...

say "go test ${race[*]}"
go test "${race[@]}" "${flags[@]}" ./...

if [ "${#race[@]}" -gt 0 ]; then
  mapfile -t gated < <(grep -rl --include='*_test.go' '^//go:build !race' internal test/api test/gateway | xargs -r -n1 dirname | sort -u | sed 's|^|./|')
  if [ "${#gated[@]}" -gt 0 ]; then
    say "gates that the race detector distorts"
    go test "${flags[@]}" "${gated[@]}"
  fi
fi

# What everything above ran on is the engine; the tests of package edge run on both.
say "the whole gateway, and the built binary, over net/http"
LINTEL_TEST_EDGE=net/http go test "${flags[@]}" ./test/gateway ./test/e2e

# Clients and other things with dependencies of their own.
for module in test/*/go.mod; do
  [ -f "$module" ] || continue
  say "module ${module%/go.mod}"
  (cd "${module%/go.mod}" && go vet ./... && go test "${flags[@]}" ./...)
done

if [ -n "${LINTEL_TEST_POSTGRES-}" ]; then
  say "all tests passed, on SQLite and PostgreSQL"
else
  say "all tests passed, on SQLite only: PostgreSQL was not to be had"
fi
