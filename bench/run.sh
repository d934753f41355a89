#!/bin/bash
# Installs what the load set-up needs from Debian's packages, and runs it:
#
#   bench/run.sh                   # about three minutes
#   bench/run.sh -rounds 1 -time 2s
#
# Nothing that is installed is left running: nginx is started with a
# configuration of its own in a temporary folder, never as a service.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

say() { echo "bench: $*" >&2; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

# quietly runs apt-get and shows its output only when it fails.
quietly() {
  local log
  log=$(mktemp)
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

# install_packages keeps the packages from starting services: Debian asks
# policy-rc.d before it does, and 101 means no. A policy that is there stays.
install_packages() {
  local policy=/usr/sbin/policy-rc.d made="" status=0
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    made=$policy
  fi
  say "installing $*"
  quietly -y --no-install-recommends install "$@" ||
    { quietly update && quietly -y --no-install-recommends install "$@"; } || status=$?
  [ -z "$made" ] || as_root rm -f "$made"
  return "$status"
}

PATH=$PATH:/usr/sbin:/sbin # nginx is there, and not everybody's PATH has it
missing=()
for pair in nginx:nginx-light wrk:wrk perf:linux-perf callgrind_control:valgrind taskset:util-linux; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ "${#missing[@]}" -gt 0 ]; then
  command -v apt-get >/dev/null || { say "missing: ${missing[*]} (names of Debian's packages)"; exit 1; }
  install_packages "${missing[@]}" || { say "apt-get could not install ${missing[*]}"; exit 1; }
fi

# Not `go run`, which does not pass signals on.
cd "$here"
mkdir -p bin
go build -o bin/bench ./bench
exec bin/bench "$@"
