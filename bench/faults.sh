#!/bin/bash
# Installs slowhttptest from Debian's packages, and runs the drills that need a whole
# process (bench/faults): slow callers, floods, draining.
#
#   bench/faults.sh                        # about five minutes
#   bench/faults.sh -only "drain,floods"
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$here/scripts/packages.sh"
need slowhttptest:slowhttptest

cd "$here"
mkdir -p bin
go build -o bin/faults ./bench/faults
ulimit -n 20000 || say "fewer than 20000 open files are allowed: 5000 kept connections may fail"
exec bin/faults "$@"
