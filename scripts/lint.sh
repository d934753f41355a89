#!/bin/bash
# Checks that find faults without running the program. All of them run; the
# exit code says whether all passed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

failed=0
skipped=77 # what a check returns that could not look
check() {
  local what=$1 status=0
  shift
  "$@" || status=$?
  case $status in
    0) echo "lint: $what: ok" ;;
    "$skipped") ;; # the check has said why
    *)
      echo "lint: $what: FAILED" >&2
      failed=1
      ;;
  esac
}

formatted() {
  local files
  files=$(find . -name '*.go' -not -path '*/.*' -exec gofmt -l {} +) || return 1
  [ -z "$files" ] && return
  printf 'gofmt would change:\n%s\n' "$files" >&2
  return 1
}

# modules lists the folder of every module of the repository.
modules() { find . -name go.mod -not -path '*/.*' -not -path '*/testdata/*' -exec dirname {} \; | sort; }

tidy() {
  local module
  for module in $(modules); do
    (cd "$module" && go mod tidy -diff && go mod verify >/dev/null) || {
      echo "in module $module" >&2
      return 1
    }
  done
}

# tool runs a linter of tools/go.mod on the main module.
tool() { go tool -modfile=tools/go.mod "$@"; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# database prints the URL of a local copy of the vulnerability database, if
# there is one: LINTEL_VULNDB names a folder or a .tar.gz; without it a copy
# beside the checkout is taken.
database() {
  local copy=${LINTEL_VULNDB-} index
  if [ -z "$copy" ]; then
    copy=$(find ../shared/data -maxdepth 1 -name 'govulndb-*.tar.gz' 2>/dev/null | sort | tail -n 1)
    [ -n "$copy" ] || return 0
  fi
  if [ -f "$copy" ]; then
    mkdir -p "$scratch/vulndb"
    tar -xzf "$copy" -C "$scratch/vulndb" || return 1
    copy=$scratch/vulndb
  fi
  index=$(find "$copy" -path '*/index/db.json' | head -n 1)
  [ -n "$index" ] || {
    echo "there is no vulnerability database in ${LINTEL_VULNDB-$copy}" >&2
    return 1
  }
  echo "file://$(cd "$(dirname "$index")/.." && pwd -P)"
}

# vulnerabilities fails on what the code calls (exit 3) and on faults of the
# check itself. Without a copy the public database is asked; when that cannot
# be reached nothing was checked, and the line says so.
vulnerabilities() {
  local db out status=0
  db=$(database) || return 1
  out=$(tool govulncheck ${db:+-db "$db"} ./... 2>&1) || status=$?
  printf '%s\n' "$out"
  if [ "$status" -ne 0 ] && [ -z "$db" ] && grep -q 'fetching vulnerabilities' <<<"$out"; then
    echo "lint: vulnerabilities: SKIPPED: the database cannot be reached; set LINTEL_VULNDB to a copy" >&2
    return "$skipped"
  fi
  return "$status"
}

check format formatted
check vet go vet ./...
check modules tidy
check staticcheck tool staticcheck ./...
check vulnerabilities vulnerabilities

[ "$failed" -eq 0 ] || {
  echo "lint: failed" >&2
  exit 1
}
echo "lint: nothing failed"
