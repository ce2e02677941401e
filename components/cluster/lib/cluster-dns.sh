#!/usr/bin/env bash
# The cluster's DNS on two machines, once there are two. kubeadm starts both of its pods on the first server, k3s starts one; whoever loses
# that machine resolves no name until they are started elsewhere. Needs: kube; nodeName; clusterDnsPatch, empty with k3s.
set -euo pipefail
: "${nodeName:?}" "${clusterDnsPatch?}"

spread_cluster_dns() {
  # Another machine speaks for a node wherever there is one.
  [[ $nodeName != "$(hostname)" ]] || return 0
  if [[ -n $clusterDnsPatch ]]; then
    kube -n kube-system patch deployment coredns --type=strategic --patch "$clusterDnsPatch" > /dev/null
  # k3s' manifest leaves the number to whoever sets one, and spreads by itself.
  elif [[ $(kube -n kube-system get deployment coredns --ignore-not-found -o 'jsonpath={.spec.replicas}') = 1 ]]; then
    kube -n kube-system scale deployment coredns --replicas=2 > /dev/null
  fi
}
