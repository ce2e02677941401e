#!/usr/bin/env bash
# grappe-step: nfs-server
# Makes this host an NFS server with one export, for the given clients only. Runs again at any change; what others export stays.
set -euo pipefail
eval "$(cat)"
: "${path:?}" "${clients:?}" "${idmapDomain:?}"
options=rw,sync,no_subtree_check,no_root_squash,insecure
port=2049

install_server() {
  command -v exportfs >/dev/null && [ -e /usr/sbin/rpc.nfsd ] && return
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=600 update -qq
  apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends nfs-kernel-server
}

# Writes stdin to a file, and says by its exit code whether that changed anything.
write_if_changed() {
  local file="$1" text
  text="$(cat)"
  [ -e "$file" ] && [ "$(cat "$file")" = "$text" ] && return 1
  printf '%s\n' "$text" >"$file.grappe-new"
  mv "$file.grappe-new" "$file"
}

export_path() {
  local client line="$path"
  [ -d "$path" ] || install -d -m 0777 "$path"
  for client in $clients; do line+=" $client($options)"; done
  mkdir -p /etc/exports.d
  printf '# Made by grappe; do not edit.\n%s\n' "$line" | write_if_changed /etc/exports.d/grappe.exports || return 0
}

set_idmap_domain() {
  local configuration=/etc/idmapd.conf
  [ -e "$configuration" ] || printf '[General]\n' >"$configuration"
  if grep -Eq '^[#[:space:]]*Domain[[:space:]]*=' "$configuration"; then
    sed -E "s/^[#[:space:]]*Domain[[:space:]]*=.*/Domain = $idmapDomain/" "$configuration"
  else
    sed -E "s/^\[General\].*/&\nDomain = $idmapDomain/" "$configuration"
  fi | write_if_changed "$configuration" || return 0
  # Both ends cache the mapping of names to ids.
  nfsidmap -c 2>/dev/null || true
}

open_firewall() {
  local client
  if command -v ufw >/dev/null && ufw status | grep -q '^Status: active'; then
    for client in $clients; do ufw allow proto tcp from "$client" to any port "$port" comment grappe-nfs >/dev/null; done
  elif command -v firewall-cmd >/dev/null && firewall-cmd --quiet --state; then
    for client in $clients; do
      firewall-cmd --quiet --permanent \
        --add-rich-rule="rule family=ipv4 source address=$client port port=$port protocol=tcp accept"
    done
    firewall-cmd --quiet --reload
  elif command -v nft >/dev/null && nft list ruleset 2>/dev/null | grep -Eq 'hook input .*policy drop' &&
    ! nft list ruleset | grep -Eq "dport .*\b(nfs|$port)\b"; then
    # A rule put into a hand-written ruleset would be gone after its next reload, and with it the shop's storage.
    echo "this host's nftables ruleset drops what it doesn't know: let TCP port $port in from $clients" >&2
    exit 1
  fi
}

install_server
export_path
set_idmap_domain
open_firewall
systemctl enable --now --quiet nfs-server
exportfs -ra

exportfs -s | grep -qF "$path " || { echo "$path is not exported" >&2; exit 1; }
ss -Hltn "sport = :$port" | grep -q . || { echo "nothing listens on TCP port $port: has the kernel an NFS server?" >&2; exit 1; }
