#!/bin/bash
# Runs every fuzz target of the main module, one after the other:
#
#   scripts/fuzz.sh 20s
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

each=${1:-20s}
count=0
while IFS=: read -r file name; do
  echo "fuzz: $name in ${file%/*} for $each"
  go test "./${file%/*}" -run '^$' -fuzz "^$name\$" -fuzztime "$each"
  count=$((count + 1))
done < <(grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' internal test/differential | sed 's/func //' | sort)
echo "fuzz: $count targets held"
