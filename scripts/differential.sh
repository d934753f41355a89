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

say() { echo "differential: $*" >&2; }

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

# quietly runs apt-get and shows its output only when it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" >"$log" 2>&1 </dev/null || status=$?
  [ "$status" -eq 0 ] || tail -n 20 "$log" >&2
  rm -f "$log"
  return "$status"
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

PATH=$PATH:/usr/sbin:/sbin # both are there, and not everybody's PATH has it
missing=()
for pair in nginx:nginx-light haproxy:haproxy; do
  command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ "${#missing[@]}" -gt 0 ]; then
  command -v apt-get >/dev/null || { say "missing: ${missing[*]} (names of Debian's packages)"; exit 1; }
  install_packages "${missing[@]}" || { say "apt-get could not install ${missing[*]}"; exit 1; }
fi
say "$(nginx -v 2>&1), $(haproxy -v | head -n 1)"

go test ./test/differential -count=1 -args -proxies "$@"
[ "$each" != 0 ] || exit 0
# In one process first, which is ten times as fast; then with the two beside it.
go test ./test/differential -run '^$' -fuzz '^FuzzDifferential$' -fuzztime "$each" -fuzzminimizetime 20x
go test ./test/differential -run '^$' -fuzz '^FuzzAnswers$' -fuzztime "$each" -fuzzminimizetime 20x
go test ./test/differential -run '^$' -fuzz '^FuzzDifferential$' -fuzztime "$each" -fuzzminimizetime 20x -args -proxies
