#!/usr/bin/env bash
# Part of cleanup.sh: interfaces, name spaces, packet-filter rules, routes, and the virtual address.
set -euo pipefail

# Routes of grappe carry this protocol number, so that they are told from others' (cluster/kubeadm/pod-routes.sh).
route_protocol=201

delete_interfaces() {
  local interface
  while read -r interface; do try ip link delete "$interface"; done < <(
    ip -oneline link show | awk -F '[:@ ]+' '{ print $2 }' |
      grep -E '^(cni0|cbr0|flannel\.|flannel-|kube-ipvs0|kube-bridge|vxlan\.calico|cali[0-9a-f]{11}|cilium_(host|net|vxlan)|lxc[0-9a-f]{12}|lxc_health|grappe)' || true
  )
  while read -r interface; do try ip netns delete "$interface"; done < <(ip netns list 2> /dev/null | awk '/^cni-/ { print $1 }')
}

# Everything but Kubernetes' own chains is put back as it was; a file of rules without them is what iptables-restore takes.
clean_packet_filter() {
  local family rules
  for family in iptables ip6tables; do
    command -v "$family-save" > /dev/null || continue
    rules=$("$family-save" 2> /dev/null || true)
    if ! grep -qE 'KUBE-|CNI-|FLANNEL|cali-|CILIUM_|grappe' <<< "$rules"; then continue; fi
    { grep -vE 'KUBE-|CNI-|FLANNEL|cali-|cali:|flanneld|CILIUM_|grappe' || true; } <<< "$rules" | timeout 60 "$family-restore" || true
  done
  command -v nft > /dev/null || return 0
  local table
  while read -r table; do try nft delete "$table"; done < <(nft list tables 2> /dev/null | grep -E ' (kube-proxy|grappe[-a-z]*|cni_[a-z]+)$' || true)
}

# k3s' network policies leave sets of addresses, which its own uninstaller forgets; the program for them comes with k3s.
clean_address_sets() {
  local program set
  program=$(command -v ipset || compgen -G '/var/lib/rancher/k3s/data/*/bin/ipset' || compgen -G '/var/lib/rancher/k3s/data/*/bin/aux/ipset' || true)
  program=${program%%$'\n'*}
  [[ -n $program ]] || return 0
  while read -r set; do try "$program" destroy "$set"; done < <("$program" list -name 2> /dev/null | grep -E '^(inet6:)?(KUBE-|kube-router-)' || true)
}

# flannel's routes to other nodes' pods (host-gw) carry no mark; what leads into its network is by it.
clean_flannel_routes() {
  local FLANNEL_NETWORK='' route
  # shellcheck source=/dev/null
  [[ ! -r /run/flannel/subnet.env ]] || . /run/flannel/subnet.env
  [[ -n $FLANNEL_NETWORK ]] || return 0
  while read -r route _; do try ip route delete "$route"; done < <(ip -4 route show root "$FLANNEL_NETWORK" | grep -F ' via ' || true)
}

# Cilium's programs stay attached to interfaces and control groups after its agent has ended, by their pins or as filters.
detach_cilium() {
  local interface direction priority
  [[ -d /sys/fs/bpf/cilium || -d /run/cilium ]] || return 0
  remove /sys/fs/bpf/cilium /sys/fs/bpf/tc/globals/cilium_*
  while read -r interface; do
    for direction in ingress egress; do
      while read -r priority; do try tc filter delete dev "$interface" "$direction" pref "$priority"; done < <(
        tc filter show dev "$interface" "$direction" 2> /dev/null | awk '/ cil_/ { print $5 }' | sort --unique
      )
    done
  done < <(ip -oneline link show | awk -F '[:@ ]+' '{ print $2 }')
}

clean_network() {
  detach_cilium
  delete_interfaces
  clean_packet_filter
  clean_address_sets
  clean_flannel_routes
  try ip route flush proto "$route_protocol"
}
