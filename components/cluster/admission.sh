#!/usr/bin/env bash
# grappe-step: admission
# On a server, before a node joins: forgets another machine that had its name, or that machine itself where it was taken out of etcd,
# and gives it what it joins with. Members of etcd that never became nodes go. A server that isn't a member yet (while the cluster is
# made, when the first server's admission runs on the second) has nothing to admit.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${role:?}" "${nodeName:?}" "${nodeAddress:?}" "${machine:?}" "${viaAddress:?}" "${bootstrapToken:?}" "${certificateKey:?}"
export cniByChart=no drainTimeoutSeconds=60
# shellcheck source=lib/report.sh
. ./lib/report.sh
# shellcheck source=lib/kubectl.sh
. ./lib/kubectl.sh
# shellcheck source=lib/node.sh
. ./lib/node.sh
# shellcheck source=lib/etcd.sh
. ./lib/etcd.sh
# shellcheck source=lib/forget-node.sh
. ./lib/forget-node.sh
# shellcheck source=lib/database-copies.sh
. ./lib/database-copies.sh

# The token lives until the node's membership stands: a join that is tried again weeks later finds it.
write_bootstrap_token() {
  # Validation would fetch the whole API's description first.
  kube apply --validate=false -f - > /dev/null << YAML
apiVersion: v1
kind: Secret
metadata: {name: "bootstrap-token-${bootstrapToken%.*}", namespace: kube-system}
type: bootstrap.kubernetes.io/token
stringData:
  description: "grappe: $nodeName joins with it"
  token-id: "${bootstrapToken%.*}"
  token-secret: "${bootstrapToken#*.}"
  usage-bootstrap-authentication: "true"
  usage-bootstrap-signing: "true"
  auth-extra-groups: "system:bootstrappers:kubeadm:default-node-token"
YAML
}

# kubeadm ties the uploaded certificates to a token of two hours; ours lie, encrypted, until the server has joined.
upload_certificates() {
  kube -n kube-system delete secret kubeadm-certs --ignore-not-found > /dev/null
  local config
  config=$(mktemp)
  cat > "$config" << YAML
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
certificateKey: "$certificateKey"
localAPIEndpoint: {advertiseAddress: "$viaAddress"}
---
YAML
  kube -n kube-system get configmap kubeadm-config -o 'jsonpath={.data.ClusterConfiguration}' >> "$config"
  kubeadm init phase upload-certs --upload-certs --config "$config" > /dev/null || {
    rm -f "$config"
    fail "the control plane's certificates couldn't be uploaded for $nodeName"
  }
  rm -f "$config"
  kube -n kube-system patch secret kubeadm-certs --type=json \
    --patch='[{"op": "remove", "path": "/metadata/ownerReferences"}]' > /dev/null
  kube -n kube-system annotate secret kubeadm-certs --overwrite "grappe.dev/for=$nodeName" > /dev/null
}

if [[ $(hostname) = "$nodeName" ]]; then exit 0; fi
is_server_member || exit 0
await_api 180
if [[ $role = server ]]; then remove_members_without_node; fi
known=$(machine_of_node)
if [[ $known = "$machine" ]] && { [[ $role = agent ]] || is_etcd_member "$nodeName" "$nodeAddress"; }; then exit 0; fi
forget_node
# Another machine's disk went with it.
if [[ -n $known && $known != "$machine" ]]; then forget_database_copies; fi
if [[ $distribution = kubeadm ]]; then
  write_bootstrap_token
  if [[ $role = server ]]; then upload_certificates; fi
fi
