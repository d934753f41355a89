#!/usr/bin/env bash
# Drives a fresh platform with the openstack command (Debian: python3-openstackclient),
# through what an operator does of a day. Not part of make test: it takes a minute,
# most of it the start of Python, once for each command.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v openstack >/dev/null || { echo "openstack.sh: the openstack command is missing; on Debian: apt-get install python3-openstackclient" >&2; exit 1; }

dir=$(mktemp -d)
go build -o "$dir/lintel" ./cmd/lintel
LINTEL_ADMIN_PASSWORD=openstack-Passw0rd-1 "$dir/lintel" serve --data-dir "$dir/data" --log-level error \
    --management-addr 127.0.0.1:0 --gateway-addr 127.0.0.1:0 --gateway-tls-addr off --ops-addr off >"$dir/out" 2>"$dir/log" &
pid=$!
trap 'kill $pid; wait $pid || true; rm -rf "$dir"' EXIT
for _ in $(seq 100); do grep -q 'management at' "$dir/out" && break; sleep 0.1; done

OS_AUTH_URL=$(sed -n 's/.*management at \(http[^ ]*\) .*/\1/p' "$dir/out")/v3
export OS_AUTH_URL OS_USERNAME=admin OS_PASSWORD=openstack-Passw0rd-1 OS_USER_DOMAIN_NAME=Default \
    OS_PROJECT_NAME=RegionOne OS_PROJECT_DOMAIN_NAME=Default OS_IDENTITY_API_VERSION=3

failed=0
# want TEXT COMMAND…: the command succeeds and prints TEXT.
want() {
    local text=$1 out
    shift
    if out=$(openstack "$@" 2>&1) && [[ $out == *"$text"* ]]; then echo "ok      openstack $*"; else
        echo "FAILED  openstack $*, want $text"; echo "$out" | tail -5; failed=1
    fi
}
# refused TEXT COMMAND…: the command fails and says TEXT.
refused() {
    local text=$1 out
    shift
    if ! out=$(openstack "$@" 2>&1) && [[ $out == *"$text"* ]]; then echo "ok      openstack $* is refused"; else
        echo "FAILED  openstack $*, want a refusal with $text"; echo "$out" | tail -5; failed=1
    fi
}

want '' token issue -f value -c id
want Sales domain create Sales --description sells
want shop project create shop --domain Sales
want amy user create amy --domain Sales --password Amy-Passw0rd-1 --email amy@sales.example
refused 'HTTP 409' user create amy --domain Sales --password Amy-Passw0rd-1
want amy user create amy --domain Sales --or-show --password Amy-Passw0rd-1
want sellers group create sellers --domain Sales
want '' group add user sellers amy --group-domain Sales --user-domain Sales
want 'amy in group sellers' group contains user sellers amy --group-domain Sales --user-domain Sales
want '' role add member --group sellers --project shop --group-domain Sales --project-domain Sales
want sellers@Sales role assignment list --names --project shop --project-domain Sales
want amy@Sales role assignment list --names --effective --project shop --project-domain Sales
want amy user list --domain Sales --long
want compute service create --name nova compute
want 'http://c.example' endpoint create compute public 'http://c.example/v2/%(tenant_id)s' --region RegionTwo
want RegionTwo region list
want http://c.example catalog show compute
want access ec2 credentials create
want ci application credential create ci --role admin
want '' project set --tag pos shop
want pos project show shop --domain Sales
want '' user set --disable amy --domain Sales
refused 'No user with a name or ID' user show nobody
want '' user delete amy --domain Sales
want '' project delete shop --domain Sales
refused '403' domain delete Sales
want '' domain set --disable Sales
want '' domain delete Sales
exit $failed
