#!/bin/bash
# Starts and stops the engines that the tests need, private to this checkout:
#
#   eval "$(scripts/engines.sh start)"   # installs what is missing, sets LINTEL_TEST_…
#   scripts/engines.sh stop              # stops them and removes their data
#
# Standard output carries shell code only; messages go to standard error. When
# it fails the code is "false", so that the eval fails too. Starting twice is
# harmless: the second time the same settings are printed.
#
# An engine that cannot be had is a failure when CI=true; elsewhere a warning,
# and its tests are skipped.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# Of this user and this checkout, so that two checkouts may test at once. Not
# under TMPDIR: when we are root the server runs as another user, who must be
# able to get there.
home=${LINTEL_ENGINES_DIR:-/tmp/lintel-engines-$(id -u)-$(printf %s "$here" | cksum | cut -d' ' -f1)}
pg=$home/postgresql

say() { echo "engines: $*" >&2; }

fail() {
  say "$*"
  exit 1
}

# What ends the script without success tells the eval.
finish() {
  local status=$?
  [ "$status" -eq 0 ] || echo false
}

# server_user prints a user that PostgreSQL accepts: it refuses root.
server_user() {
  if id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}

as_server() {
  if [ "$(id -u)" -eq 0 ]; then
    runuser -u "$(server_user)" -- "$@"
  else
    "$@"
  fi
}

# pg_bin prints the folder of the newest server of Debian's packages. Another
# one in the PATH serves only where there are no such packages.
pg_bin() {
  local dir
  for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
    if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
      echo "$dir"
      return
    fi
  done
  if ! command -v apt-get >/dev/null && dir=$(command -v initdb); then
    dirname "$(readlink -f "$dir")"
    return
  fi
  return 1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

# apt_install installs one of Debian's packages, and shows apt's words only
# when it fails.
apt_install() {
  command -v apt-get >/dev/null || { say "$1 is missing and there is no apt-get to install it"; return 1; }
  as_root true 2>/dev/null || { say "$1 is missing; as root: apt-get install $1"; return 1; }
  say "installing $1 (Debian package)"
  local log
  log=$(mktemp)
  local install=(as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends
    -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=120 install "$1")
  # The package lists of a fresh machine are empty or old.
  if ! "${install[@]}" >"$log" 2>&1 </dev/null; then
    as_root apt-get -qq -o DPkg::Lock::Timeout=120 update >>"$log" 2>&1 </dev/null || true
    if ! "${install[@]}" >>"$log" 2>&1 </dev/null; then
      tail -n 20 "$log" >&2
      rm -f "$log"
      say "apt-get could not install $1"
      return 1
    fi
  fi
  rm -f "$log"
}

# curl is what people paste the demonstration's line into, so the tests do too.
curl_there() { command -v curl >/dev/null || apt_install curl; }

pg_install() {
  # Without this the package makes a cluster of its own and starts it.
  local conf=/etc/postgresql-common/createcluster.conf
  if [ ! -e $conf ] && command -v apt-get >/dev/null && as_root true 2>/dev/null; then
    as_root mkdir -p "${conf%/*}"
    echo 'create_main_cluster = false' | as_root tee $conf >/dev/null
  fi
  apt_install postgresql
}

# pg_pid prints the process id of our server if it runs. The second check is
# for a machine that was restarted: the number may belong to somebody else.
pg_pid() {
  local pid
  pid=$(head -n 1 "$pg/data/postmaster.pid" 2>/dev/null) || return 1
  [ -n "$pid" ] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF -- "$pg/data" || return 1
  echo "$pid"
}

# free_port prints a loopback port on which nobody answers. The range lies
# below the ports that the kernel gives to outgoing connections.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

pg_init() {
  rm -rf "$pg"
  mkdir -m 0700 "$pg"
  # od, not "tr </dev/urandom | head": that one ends in a broken pipe.
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$pg/password"
  [ "$(id -u)" -ne 0 ] || chown -R "$(server_user):" "$pg"
  as_server "$bin/initdb" -D "$pg/data" -U lintel -A scram-sha-256 --pwfile="$pg/password" \
    -E UTF8 --locale=C.UTF-8 --no-sync >"$home/initdb.log" 2>&1 || {
    tail -n 20 "$home/initdb.log" >&2
    fail "initdb failed"
  }
}

# pg_run tries another port when somebody was faster.
pg_run() {
  local port attempt
  for attempt in 1 2 3 4 5; do
    port=$(free_port)
    # Durability is off: the data lives as long as the tests.
    if as_server "$bin/pg_ctl" -s -w -t 60 -D "$pg/data" -l "$pg/log" -o "-p $port -k '$pg' \
        -c listen_addresses=127.0.0.1 -c max_connections=300 -c shared_buffers=64MB \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off" start >/dev/null 2>&1 9>&-; then
      echo "$port" >"$home/port"
      return
    fi
  done
  tail -n 20 "$pg/log" >&2 || true
  fail "PostgreSQL does not start; its log is $pg/log"
}

pg_start() {
  if ! pg_pid >/dev/null || [ ! -s "$home/port" ]; then
    bin=$(pg_bin) || { pg_install && bin=$(pg_bin); } || return 1
    pg_init
    pg_run
  fi
  echo "export LINTEL_TEST_POSTGRES='postgres://lintel:$(cat "$pg/password")@127.0.0.1:$(cat "$home/port")/postgres?sslmode=disable'"
}

pg_stop() {
  local pid signal i
  pid=$(pg_pid) || return 0
  # INT ends sessions and stops; QUIT is for a server that does not follow.
  for signal in INT QUIT; do
    kill -s "$signal" "$pid" 2>/dev/null || true
    for i in $(seq 100); do
      pg_pid >/dev/null || return 0
      sleep 0.1
    done
  done
  fail "PostgreSQL (process $pid) does not stop"
}

enter() {
  local attempt
  for attempt in 1 2 3 4 5; do
    # The name is guessable, so the folder must be ours, and not a link.
    mkdir -m 0711 "$home" 2>/dev/null || true
    [ -d "$home" ] && [ ! -L "$home" ] && [ -O "$home" ] || fail "$home is not a folder of ours"
    exec 9>"$home/lock"
    flock -w 300 9 || fail "another start or stop does not end"
    if [ "$home/lock" -ef /dev/fd/9 ]; then
      cd "$home" # the server's user may not enter the caller's folder
      return
    fi
    # A stop has removed the folder while we waited for it.
  done
  fail "cannot lock $home (is /proc mounted?)"
}

case ${1-} in
  start)
    trap finish EXIT
    enter
    if ! pg_start; then
      [ "${CI-}" != true ] || fail "PostgreSQL is needed when CI=true"
      say "going on without PostgreSQL; its tests are skipped"
    fi
    if ! curl_there; then
      [ "${CI-}" != true ] || fail "curl is needed when CI=true"
      say "going on without curl"
    fi
    ;;
  stop)
    if [ -d "$home" ]; then
      enter
      pg_stop
      cd /
      rm -rf "$home"
    fi
    ;;
  *)
    echo "usage: eval \"\$($0 start)\" | $0 stop" >&2
    exit 2
    ;;
esac
