#!/usr/bin/env bash
# The cluster's DNS on two machines, once there are two. kubeadm starts both of its pods on the first server, k3s starts one; whoever loses
# that machine resolves no name until they are started elsewhere. Needs: distribution, kube.
set -euo pipefail
: "${distribution:?}"

# As kubeadm-config.ts has it for a cluster of several.
apart='{"spec":{"template":{"spec":{"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"labelSelector":{"matchLabels":{"k8s-app":"kube-dns"}},"topologyKey":"kubernetes.io/hostname"}]}}}}}}'

spread_cluster_dns() {
  local nodes
  nodes=$(kube get nodes -o name | wc -l)
  ((nodes > 1)) || return 0
  case $distribution in
    # Its manifest leaves the number to whoever sets one, and spreads by itself.
    k3s)
      if [[ $(kube -n kube-system get deployment coredns --ignore-not-found -o 'jsonpath={.spec.replicas}') = 1 ]]; then
        kube -n kube-system scale deployment coredns --replicas=2 > /dev/null
      fi
      ;;
    kubeadm)
      kube -n kube-system patch deployment coredns --type=strategic --patch "$apart" > /dev/null
      ;;
  esac
}
