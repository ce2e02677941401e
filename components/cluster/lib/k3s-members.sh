#!/usr/bin/env bash
# etcd's members as a server of k3s tells them, in etcdctl's form. One whose etcd has no quorum names itself alone and without an id
# (pkg/etcd/etcd.go, infoHandler): that says nothing.
set -euo pipefail

k3s_members_at() { # address of a server, server token
  curl --silent --fail --max-time 10 --cacert /var/lib/rancher/k3s/server/tls/server-ca.crt \
    --config <(printf 'user = "server:%s"\n' "$2") "https://$1:6443/db/info" < /dev/null | tr '{' '\n' | awk '
    function text(key) {
      if (!match($0, "\"" key "\":\\[?\"[^\"]*\"")) return ""
      value = substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
      gsub(/["\[]/, "", value)
      return value
    }
    match($0, /"ID":[0-9]+/) {
      id = substr($0, RSTART + 5, RLENGTH - 5)
      name = text("name")
      printf "%s,%s,%s,%s,%s,%s\n", id, name == "" ? "unstarted" : "started", name, text("peerURLs"), text("clientURLs"), /"isLearner":true/ ? "true" : "false"
    }'
}
