#!/usr/bin/env bash
# One node as the cluster sees it. Needs kubectl.sh; nodeName, drainTimeoutSeconds, cniByChart.
set -euo pipefail
: "${nodeName:?}" "${cniByChart:?}" "${drainTimeoutSeconds:?}"

annotation() { # name without its prefix
  kube get node "$nodeName" --ignore-not-found -o "jsonpath={.metadata.annotations.grappe\.dev/$1}"
}

machine_of_node() { kube get node "$nodeName" --ignore-not-found -o 'jsonpath={.metadata.labels.grappe\.dev/machine}'; }

node_exists() { [[ -n $(kube get node "$nodeName" --ignore-not-found -o name) ]]; }

# Whatever its name: its DaemonSet writes the configuration of pods' networks on each host.
chart_cni_runs() {
  kube get daemonsets -A -o 'jsonpath={range .items[*].spec.template.spec.volumes[*]}{.hostPath.path}{"\n"}{end}' |
    grep -qxE '/etc/cni/net\.d/?'
}

# Where the pod network comes as a chart, after the nodes, a node that misses nothing else counts as ready.
node_is_ready() {
  local status
  status=$(kube get node "$nodeName" --ignore-not-found \
    -o 'jsonpath={range .status.conditions[?(@.type=="Ready")]}{.status} {.message}{end}' 2> /dev/null) || return 1
  # shellcheck disable=SC2034 # until_success reads it.
  answer=${status#* }
  [[ $status = True* ]] && return 0
  [[ $cniByChart = yes && $status = *'cni plugin not initialized'* ]] && ! chart_cni_runs
}

await_ready() { # seconds
  until_success "$1" "$nodeName to be Ready" node_is_ready && return
  fail "$nodeName isn't Ready after $1 s: $(kube get node "$nodeName" \
    -o 'jsonpath={range .status.conditions[?(@.type=="Ready")]}{.message}{end}' 2>&1 | head -c 500)
Fix: look on that machine at journalctl -u kubelet -u k3s -u k3s-agent -u containerd -n 100, then run again."
}

# Evicts what runs on the node, disruption budgets respected, until the deadline. What is left then is named.
drain_node() {
  kube_watching drain "$nodeName" --ignore-daemonsets --delete-emptydir-data --force \
    --timeout="${drainTimeoutSeconds}s" > /dev/null && return
  kube uncordon "$nodeName" > /dev/null || true
  fail "$nodeName couldn't be drained within $drainTimeoutSeconds s; it was put back to work. Still there: $(kube get pods -A \
    --field-selector "spec.nodeName=$nodeName" -o name | head -n 20 | tr '\n' ' ')
Fix: look at their disruption budgets (kubectl get pdb -A), or raise grappe:cluster.drainTimeoutSeconds."
}
