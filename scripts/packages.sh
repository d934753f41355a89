# Sourced by scripts that need Debian's packages: gets them and leaves nothing running.

say() { echo "$(basename "$0" .sh): $*" >&2; }

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

# need takes pairs program:package and installs the packages whose program is
# missing.
need() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  command -v apt-get >/dev/null || { say "missing: ${missing[*]} (names of Debian's packages)"; exit 1; }
  install_packages "${missing[@]}" || { say "apt-get could not install ${missing[*]}"; exit 1; }
}

PATH=$PATH:/usr/sbin:/sbin # servers are there, and not everybody's PATH has it
