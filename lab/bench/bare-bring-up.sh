#!/usr/bin/env bash
# The floor of a bring-up: the commands that make the cluster, in their best order and nothing else. No checks, no state, nothing
# that could be run twice. Argument: a folder that bare-files.ts has filled: ssh_config; `hosts`, with a line for each host
# (name, role; servers first); each host's own files under NAME/root; the applications' objects; addresses that must answer.
set -euo pipefail
folder=$1
began=${EPOCHREALTIME/./}

say() {
  local milliseconds=$(((${EPOCHREALTIME/./} - began) / 1000))
  printf '%5d.%d s  %s\n' $((milliseconds / 1000)) $((milliseconds % 1000 / 100)) "$*"
}

on() { ssh -F "$folder/ssh_config" "$@"; }

kubectl_command='sudo kubectl --kubeconfig /etc/kubernetes/admin.conf'

await() { until "$@" > /dev/null 2>&1; do sleep 0.1; done; }

install_host() {
  tar --directory "$folder/$1/root" --dereference --create --file - . |
    on "$1" sudo tar --extract --file - --directory / --no-same-owner --no-overwrite-dir
  say "$1 has its files"
  on "$1" sudo bash /var/lib/bare/install.sh
  say "$1 installed"
}

join_host() {
  on "$1" "sudo sed -i s/CA-FINGERPRINT/$(< "$folder/fingerprint")/ /etc/kubernetes/join.yaml &&
    sudo kubeadm join --config /etc/kubernetes/join.yaml > /dev/null"
  say "$1 joined"
}

# Agents join as soon as there is a cluster.
bring_up_agent() {
  install_host "$1"
  await test -s "$folder/fingerprint"
  join_host "$1"
}

# The first server makes the cluster and takes the applications at once; their pods wait for the agents.
bring_up_first_server() {
  install_host "$1"
  on "$1" sudo bash /var/lib/bare/init.sh > "$folder/fingerprint.new"
  mv "$folder/fingerprint.new" "$folder/fingerprint"
  say "$1 initialised"
  on "$1" "$kubectl_command" apply --server-side --filename - < "$folder/objects.json" > /dev/null
  say 'objects applied'
}

nodes_are_ready() {
  local ready
  ready=$(on "$first" "$kubectl_command" get nodes -o "'jsonpath={.items[*].status.conditions[?(@.type==\"Ready\")].status}'")
  [[ $(wc -w <<< "$ready") = "$(wc -l < "$folder/hosts")" && $ready != *False* && $ready != *Unknown* ]]
}

mapfile -t servers < <(awk '$2 == "server" { print $1 }' "$folder/hosts")
mapfile -t agents < <(awk '$2 == "agent" { print $1 }' "$folder/hosts")
first=${servers[0]}

bring_up_first_server "$first" &
working=($!)
installing=()
for name in "${servers[@]:1}"; do
  install_host "$name" < /dev/null &
  installing+=($!)
done
for name in "${agents[@]}"; do
  bring_up_agent "$name" < /dev/null &
  working+=($!)
done
# etcd takes one new member after the other.
for pid in "${installing[@]}"; do wait "$pid"; done
await test -s "$folder/fingerprint"
for name in "${servers[@]:1}"; do join_host "$name" < /dev/null; done
for pid in "${working[@]}"; do wait "$pid"; done

await nodes_are_ready
say 'all nodes Ready'
while read -r namespace; do
  on "$first" "$kubectl_command" --namespace "$namespace" wait deployments --all --for=condition=Available --timeout=300s < /dev/null > /dev/null
done < "$folder/namespaces"
say 'applications available'
while read -r address; do
  await curl --silent --fail --max-time 2 "$address"
  say "$address answers"
done < "$folder/addresses"
