#!/usr/bin/env bash
# k3s' files on this machine, written before its start and in its turn. Needs write-file.sh, report.sh.
set -euo pipefail
# shellcheck source=unpacked-versions.sh
. ./unpacked-versions.sh
# shellcheck source=../../lib/reserved-memory.sh
. ../../lib/reserved-memory.sh
: "${member_directory:?}" "${nodeName:?}" "${nodeAddress:?}" "${config:?}" "${kubeletConfig:?}" "${imageArchives?}" "${registration:?}" "${unit:?}" "${unitName:?}" "${registries?}" "${ownAddressFirst:?}" "${proxyEnvironment?}"

k3s_directory=/etc/rancher/k3s

# A k3s that was installed by someone else isn't ours to change.
refuse_foreign_k3s() {
  if [[ -e /etc/systemd/system/k3s.service || -e /etc/systemd/system/k3s-agent.service ]] && [[ ! -e $member_directory/joining ]]; then
    fail "k3s is installed on this machine, and not by grappe. Nothing was changed. Fix: uninstall it (k3s-uninstall.sh or
k3s-agent-uninstall.sh) if this machine shall join this cluster."
  fi
  record joining "$nodeName"
}

# k3s puts these labels on its Node at every start, so a member's must be today's: earlier ones would come back with a reboot.
write_registration() { write_file "$k3s_directory/config.yaml.d/registration.yaml" 600 "$registration"; }

write_k3s_files() {
  local interface
  interface=$(ip -o -4 address show to "$nodeAddress/32" | awk '{ print $2; exit }')
  [[ -n $interface ]] || fail "no interface of this machine has the address $nodeAddress that the settings give it"
  write_file "$k3s_directory/config.yaml" 600 "${config//@interface@/$interface}"
  write_registration
  write_file /var/lib/rancher/k3s/agent/etc/kubelet.conf.d/10-grappe.conf 600 "$kubeletConfig"
  write_reserved_memory /var/lib/rancher/k3s/agent/etc/kubelet.conf.d/20-grappe-reserved-memory.conf
  if [[ -n $registries ]]; then
    write_file "$k3s_directory/registries.yaml" 600 "$registries"
  else
    rm -f "$k3s_directory/registries.yaml"
  fi
  if [[ -n $proxyEnvironment ]]; then
    write_file "/etc/systemd/system/$unitName.service.env" 600 "$proxyEnvironment"
  else
    rm -f "/etc/systemd/system/$unitName.service.env"
  fi
  write_file /usr/local/lib/grappe/own-address-first 755 "$ownAddressFirst"
  changed=no
  write_file "/etc/systemd/system/$unitName.service" 644 "$unit"
  if [[ $changed = yes ]]; then systemctl daemon-reload; fi
}

# k3s imports and pins at every start what lies there: archives of an earlier bundle go first. Others' own stay.
remove_former_archives() {
  local archive
  while read -r archive; do
    if [[ $archive == /var/lib/rancher/k3s/agent/images/* ]] && ! grep -qxF "$archive" <<< "$imageArchives"; then rm -f "$archive"; fi
  done < <(cat /var/lib/grappe/artifacts/files 2> /dev/null || true)
}

start_k3s() {
  remove_former_archives
  systemctl enable --quiet "$unitName.service"
  systemctl restart "$unitName.service" || fail "$unitName doesn't start: $(journalctl --unit "$unitName" --lines 15 --no-pager \
    --output cat | cut -c 1-400)"
}
