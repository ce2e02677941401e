#!/usr/bin/env bash
# A server whose etcd member was removed while its machine couldn't be cleaned: k3s doesn't start there any more. Needs forgotten.sh.
set -euo pipefail
: "${otherServers?}" "${nodeAddress:?}" "${serverToken:?}"
# shellcheck source=../../lib/k3s-members.sh
. ../../lib/k3s-members.sh

# Both etcd and the API must say so: a member that is away keeps its place in the one, a Node that is about to come back none in the other.
is_forgotten_by() { # another server's address
  local members tls=/var/lib/rancher/k3s/server/tls
  members=$(k3s_members_at "$1" "${serverToken##*:}") && [[ -n $members && $members != *"https://$nodeAddress:2380"* ]] || return 1
  [[ $(status_of_own_node "https://$1:6443" --cacert "$tls/server-ca.crt" --cert "$tls/client-admin.crt" --key "$tls/client-admin.key") = 404 ]]
}

is_forgotten() {
  local server
  for server in $otherServers; do
    if is_forgotten_by "$server"; then return 0; fi
  done
  return 1
}

# Images and containers stay; what it knew as a server goes, as k3s would begin with it where it stopped.
leave_former_cluster() {
  systemctl stop k3s.service
  rm -rf /var/lib/rancher/k3s/server
  forget_membership
}
