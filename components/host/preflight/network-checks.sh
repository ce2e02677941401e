#!/usr/bin/env bash
# Part of preflight.sh: addresses and ports.
set -euo pipefail
: "${privateAddress:?}" "${subnet:?}" "${ports=}" "${packages=}" "${environment:?}"

# Interface and prefix follow from the declared address, never from the default route or from an interface's name.
check_private_address() {
  interface_name='' found_prefix=''
  local interface address
  while read -r interface address; do
    if [[ ${address%/*} = "$privateAddress" ]]; then
      interface_name=${interface%%@*} found_prefix=${address#*/}
    fi
  done < <(ip -oneline -4 address show scope global | awk '{ print $2, $4 }')
  if [[ -z $interface_name ]]; then
    finding "no interface has the address $privateAddress; it has $(ip -oneline -4 address show scope global | awk '{ printf "%s%s on %s", (NR > 1 ? ", " : ""), $4, $2 }')" \
      'nodes know each other by their addresses in the declared network' \
      "correct the host's privateAddress, or give the machine that address (a DHCP reservation, or a static one)"
  elif [[ $found_prefix != "${subnet#*/}" ]]; then
    finding "$interface_name has $privateAddress/$found_prefix, the declared network is $subnet" \
      'what it takes for neighbours and what the settings take for neighbours differ' \
      "correct the network in the settings or the prefix on the machine"
  fi
}

# Programs on the node reach Services by an address that no interface has: without any route there, nothing leaves.
check_default_route() {
  [[ ! -e /var/lib/grappe/host && $environment != container ]] || return 0
  if [[ -z $(ip -4 route show default) ]]; then
    finding 'has no default route' "Services' addresses are reached by it, also where nothing leads outside" \
      'give it one in its network settings; any neighbour will do as the gateway, such as the router or a server'
  fi
}

# The cluster's DNS asks whom the machine asks, by the file that kubelets take: pods that are told 127.0.0.1 would ask themselves, and
# CoreDNS ends («Loop detected», «no nameservers found»); k3s asks 8.8.8.8 in its place.
check_name_server() {
  [[ ! -e /var/lib/grappe/host && $environment != container ]] || return 0
  if systemctl is-active --quiet systemd-resolved.service; then return; fi
  local servers
  servers=$(awk '$1 == "nameserver" { print $2 }' /etc/resolv.conf 2> /dev/null || true)
  if [[ -z $servers ]]; then
    finding 'has no name server (/etc/resolv.conf)' "the cluster's DNS asks the machine's, and doesn't start without one" \
      'name one in its network settings, such as the router'
  elif grep -qE '^(127\.|::1$)' <<< "$servers"; then
    finding "asks itself for names ($(paste --serial --delimiters=' ' <<< "$servers") in /etc/resolv.conf)" \
      "the cluster's DNS would ask itself, too, and doesn't start" \
      "name the network's own name server there (NetworkManager: no dns=dnsmasq), or let systemd-resolved do it"
  fi
}

check_ports() {
  [[ ! -e /var/lib/grappe/host ]] || return 0
  command -v ss > /dev/null || return 0
  local port listener
  for port in $ports; do
    listener=$(ss --no-header --listening --tcp --numeric --processes "sport = :$port" | grep -o 'users:(("[^"]*",pid=[0-9]*' | head -n 1 || true)
    if [[ -n $listener ]]; then
      listener=${listener#users:((}
      finding "TCP port $port is taken by ${listener//\"/}" 'Kubernetes listens on it' 'stop that program, or choose another machine'
    fi
  done
}

# kubeadm's containerd takes the first configuration by name: with podman's (87-podman-bridge.conflist) pods get addresses of one machine's
# until the cluster's own network is there, with 05-cilium.conflist always. k3s has a folder of its own.
check_foreign_pod_network() {
  [[ ! -e /var/lib/grappe/host && " $packages " = *' containerd '* ]] || return 0
  local file
  for file in /etc/cni/net.d/*.{conf,conflist,json}; do
    if [[ -e $file ]]; then
      finding "has a pod network of others ($file)" "containerd takes it for the cluster's" \
        "move it out of /etc/cni/net.d, if nothing needs it (podman with netavark does not), or choose another machine"
      return
    fi
  done
}

# Docker lets nothing be forwarded that isn't its own. flannel and Calico let theirs pass; plain routes have nobody who does.
check_forwarding() {
  [[ $environment != container && " $packages " = *' containerd '* ]] || return 0
  if iptables --wait 5 --list-rules FORWARD 2> /dev/null | grep -qx -- '-P FORWARD DROP'; then
    warning "it drops what it forwards (iptables: -P FORWARD DROP, as Docker sets it), pods' packets too where grappe:cluster.cni is routed; \
fix: \"ip-forward-no-drop\": true in /etc/docker/daemon.json and iptables -P FORWARD ACCEPT, or another cni"
  fi
}
