#!/usr/bin/env bash
# This server's etcd, without any data, as a new member of another server's. Needs report.sh, write-file.sh, etcd-files.sh, start-server.sh;
# target (that server's address), nodeAddress.
set -euo pipefail
: "${distribution:?}" "${target:?}" "${nodeAddress:?}" "${stopped_pods:?}"
# shellcheck source=../../../components/cluster/lib/k3s-members.sh
. ../../../components/cluster/lib/k3s-members.sh

etcd_request() { # method's path, body
  curl --silent --show-error --fail --max-time 10 --cacert /etc/kubernetes/pki/etcd/ca.crt \
    --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key --data "$2" "https://$target:2379/v3/cluster/member/$1"
}

# Lines: id, name, peer URL, whether it is a learner. etcd writes 64-bit numbers as text.
etcd_members() {
  case $distribution in
    kubeadm)
      etcd_request list '{}' | tr '{' '\n' | awk '
        function text(key) {
          if (!match($0, "\"" key "\":\\[?\"[^\"]*\"")) return ""
          value = substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
          gsub(/["\[]/, "", value)
          return value
        }
        /"peerURLs"/ { printf "%s,%s,%s,%s\n", text("ID"), text("name"), text("peerURLs"), /"isLearner":true/ ? "true" : "false" }'
      ;;
    k3s) k3s_members_at "$target" "$(sed -E 's/.*://' /var/lib/rancher/k3s/server/token)" | awk -F , '{ printf "%s,%s,%s,%s\n", $1, $3, $4, $6 }' ;;
  esac
}

own_member() { etcd_members | awk -F , -v url="https://$nodeAddress:2380" '$3 == url'; }

is_voter() { [[ $(own_member) = *,false ]]; }

# etcd takes one learner at a time, and none within five seconds of another's first sign of life (server/etcdserver/server.go).
announce_member() {
  [[ -z $(own_member) ]] || return 0
  # until_success reads the answer.
  answer=$(etcd_request add "{\"peerURLs\": [\"https://$nodeAddress:2380\"], \"isLearner\": true}" 2>&1 > /dev/null)
}

# etcd refuses this as long as the learner hasn't all data.
promote_member() {
  local member
  member=$(own_member)
  # shellcheck disable=SC2034 # until_success reads it.
  answer="it is a learner"
  if [[ $member = *,true ]]; then etcd_request promote "{\"ID\": \"${member%%,*}\"}" > /dev/null 2>&1 || true; fi
  is_voter
}

# The manifest as kubeadm writes it for a server that joins: all members, and that they are there already.
write_etcd_manifest() {
  local name cluster text manifest=$stopped_pods/etcd.yaml
  [[ -e $manifest ]] || return 0
  name=$(manifest_value '--name=')
  cluster=$(etcd_members | awk -F , -v url="https://$nodeAddress:2380" -v own="$name" '
    { printf "%s%s=%s", separator, $3 == url ? own : $2, $3; separator = "," }')
  text=$(sed -E "/^ *- --initial-cluster-state=/d; s|^( *- )--initial-cluster=.*\$|\\1--initial-cluster=$cluster\n\\1--initial-cluster-state=existing|" "$manifest")
  write_file "$manifest" "$(stat -c %a "$manifest")" "$text
"
}

join_kubeadm() {
  until_success 300 "etcd at $target to take this server in" announce_member || fail "etcd at $target didn't take this server in. Fix: see whether it answers, then run ./grappe restore again."
  write_etcd_manifest
  start_static_pod etcd
  until_success 300 "etcd to have all data" promote_member || fail "etcd here didn't become a voter within 300 s. Fix: see etcd's log (crictl logs), then run ./grappe restore again."
  start_server
}

# k3s takes whoever has no data and no such file for the first server of a cluster of its own.
join_k3s() {
  local join=/etc/rancher/k3s/config.yaml.d/join.yaml
  if ! is_voter; then
    write_file "$join" 600 "server: https://$target:6443
"
    systemctl stop k3s.service
  fi
  start_server
  until_success 300 "etcd to make this server a voter" is_voter || fail "k3s here didn't become a voter of etcd within 300 s. Fix: see journalctl -u k3s -n 100, then run ./grappe restore again."
  rm -f "$join"
}
