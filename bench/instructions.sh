#!/bin/bash
# Counts the instructions of a request, user and kernel, on any machine: it boots a
# small virtual machine that executes one instruction per nanosecond of its own
# clock, and reads processor times there. README.md says how and what it misses.
#
#   bench/instructions.sh                                # everything
#   bench/instructions.sh -kinds GET -only full          # one kind, one contender, beside nginx
#
# Needs 5 GB of memory. Two things are unpacked into a folder of the caller's cache and not
# installed: a kernel, and QEMU 10 out of bookworm-backports, because the QEMU 7.2 of
# Debian 12 has no SHA extensions, which every gateway on a real processor uses.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
. "$here/scripts/packages.sh"
need nginx:nginx-light haproxy:haproxy caddy:caddy qemu-system-x86_64:qemu-system-x86 taskset:util-linux

cache=${XDG_CACHE_HOME:-$HOME/.cache}/lintel-bench
tools=$cache/qemu-10

# apart runs an apt program on package lists of its own, so that no source is added
# to the machine's. Debian's keys are checked as always.
apart() {
  "$1" -o Dir::Etc::sourcelist="$cache/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$cache/lists" -o Dir::Cache="$cache/archives" -o APT::Sandbox::User="$(id -un)" "${@:2}"
}

# unpack downloads packages and unpacks them into a folder, which appears whole.
unpack() { # folder, apt-get or apart, packages
  local folder=$1 new
  shift
  new=$(mktemp -d "$cache/new.XXXXXX")
  (cd "$new" && "$@" && mkdir root && for package in *.deb; do dpkg-deb -x "$package" root; done) >"$cache/unpack.log" 2>&1 || { tail -n 20 "$cache/unpack.log" >&2; exit 1; }
  mv "$new/root" "$folder"
  rm -rf "$new"
}

mkdir -p "$cache/lists/partial" "$cache/archives/partial"
if [ ! -d "$tools" ]; then
  say "unpacking QEMU 10 into $tools"
  # From where the machine has Debian 12 itself.
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | sed -n 's/ bookworm$//p' | sort -u | head -n 1)
  echo "deb ${mirror:?no source of bookworm on this machine} bookworm-backports main" >"$cache/sources.list"
  apart apt-get -qq update
  unpack "$tools" apart apt-get download qemu-system-x86 qemu-system-common qemu-system-data
fi
if [ ! -d "$cache/kernel" ]; then
  package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
  say "unpacking ${package:?no package linux-image-cloud-amd64} into $cache/kernel"
  unpack "$cache/kernel" apt-get -o APT::Sandbox::User="$(id -un)" download "$package"
fi
kernel=$(echo "$cache"/kernel/boot/vmlinuz-*)

cd "$here"
mkdir -p bin
go build -o bin/bench ./bench
exec bin/bench -guest -tools "$tools" -kernel "$kernel" "$@"
