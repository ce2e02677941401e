#!/usr/bin/env bash
# Makes a running node's labels and taints what the settings say, and touches none but those that were ours: which these are
# is written in an annotation. Needs kubectl.sh; nodeName, labels (name=value lines), taints (key=value:effect lines).
set -euo pipefail
: "${distribution:?}" "${nodeName:?}" "${nodeAddress:?}" "${configHash:?}" "${labels?}" "${taints?}"

first_field() { cut -d "$2" -f 1 <<< "$1"; }

reconcile_labels() { # ours by now, separated by commas
  local line names=() before=$1 name arguments=()
  while IFS= read -r line; do
    [[ -n $line ]] || continue
    names+=("$(first_field "$line" =)")
    arguments+=("$line")
  done <<< "$labels"
  for name in ${before//,/ }; do
    [[ " ${names[*]} " = *" $name "* ]] || arguments+=("$name-")
  done
  # The address that its kubelet's certificate may be for (kubelet-certificates.sh); k3s' servers know whom they sign one for.
  if [[ $distribution = kubeadm ]]; then arguments+=("node-restriction.kubernetes.io/grappe-address=$nodeAddress"); fi
  if ((${#arguments[@]} > 0)); then kube label node "$nodeName" --overwrite "${arguments[@]}" > /dev/null; fi
  ours_labels=$(IFS=,; echo "${names[*]}")
}

# A taint is known by key and effect: its value may change, and so may what stands for it.
reconcile_taints() { # ours by now, separated by commas
  local line ids=() before=$1 id arguments=()
  while IFS= read -r line; do
    [[ -n $line ]] || continue
    ids+=("$(sed -E 's/=[^:]*:/:/' <<< "$line")")
    arguments+=("$line")
  done <<< "$taints"
  for id in ${before//,/ }; do
    if [[ " ${ids[*]} " != *" $id "* ]]; then kube taint node "$nodeName" "$id-" > /dev/null 2>&1 || true; fi
  done
  if ((${#arguments[@]} > 0)); then kube taint node "$nodeName" --overwrite "${arguments[@]}" > /dev/null; fi
  ours_taints=$(IFS=,; echo "${ids[*]}")
}

# With them goes which configuration runs, in one request.
reconcile_labels_and_taints() {
  local before ours_labels ours_taints
  before=$(kube get node "$nodeName" -o 'jsonpath={.metadata.annotations.grappe\.dev/labels} {.metadata.annotations.grappe\.dev/taints}')
  reconcile_labels "${before% *}"
  reconcile_taints "${before#* }"
  kube annotate node "$nodeName" --overwrite "grappe.dev/labels=$ours_labels" "grappe.dev/taints=$ours_taints" "grappe.dev/applied=$configHash" > /dev/null
}
