#!/bin/bash
# Sends the same bytes through our edges, net/http, nginx and haproxy and compares what
# each understood (test/differential), then mutates them for a while:
#
#   scripts/differential.sh                  # the corpus, and 20 s for each fuzzer
#   scripts/differential.sh 30m              # with longer fuzzing
#   scripts/differential.sh 0 -update        # the corpus alone; rewrite the goldens and the table
#
# nginx and haproxy come from Debian's packages and are installed when they are
# missing. None is left running: the tests start their own, on Unix sockets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

each=${1:-20s}
shift || true

. scripts/packages.sh
need nginx:nginx-light haproxy:haproxy
say "$(nginx -v 2>&1), $(haproxy -v | head -n 1)"

go test ./test/differential -count=1 -args -proxies "$@"
[ "$each" != 0 ] || exit 0
# In one process first, which is ten times as fast; then with the two beside it.
go test ./test/differential -run '^$' -fuzz '^FuzzDifferential$' -fuzztime "$each" -fuzzminimizetime 20x
go test ./test/differential -run '^$' -fuzz '^FuzzAnswers$' -fuzztime "$each" -fuzzminimizetime 20x
go test ./test/differential -run '^$' -fuzz '^FuzzDifferential$' -fuzztime "$each" -fuzzminimizetime 20x -args -proxies
