#!/bin/bash
# Installs what the load set-up needs from Debian's packages, and runs it:
#
#   bench/run.sh                             # about half an hour
#   bench/run.sh -rounds 1 -time 1s -kinds GET -only full
#
# Nothing that is installed is left running: gateways are started with a
# configuration of their own in a temporary folder, never as a service.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$here/scripts/packages.sh"
need nginx:nginx-light haproxy:haproxy caddy:caddy wrk:wrk perf:linux-perf callgrind_control:valgrind taskset:util-linux

# Not `go run`, which does not pass signals on.
cd "$here"
mkdir -p bin
go build -o bin/bench ./bench
ulimit -n 16384 || say "fewer than 16384 open files are allowed: the idle connections may fail"
exec bin/bench "$@"
