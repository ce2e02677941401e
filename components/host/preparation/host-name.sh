#!/usr/bin/env bash
# Part of prepare.sh.
set -euo pipefail
: "${name:?}" "${privateAddress:?}"

set_host_name() {
  if [[ $(hostname) != "$name" ]]; then hostname "$name"; fi
  write_file /etc/hostname <<< "$name"
  if [[ -d /etc/cloud/cloud.cfg.d ]]; then write_file /etc/cloud/cloud.cfg.d/99-grappe.cfg <<< 'preserve_hostname: true'; fi
  local others
  # Debian maps the name to 127.0.1.1, which no other node can use.
  others=$(awk -v name="$name" '
    / # grappe$/ { next }
    $1 == "127.0.1.1" { for (i = 2; i <= NF; i++) if ($i == name) next }
    { print }' /etc/hosts)
  write_file /etc/hosts <<< "$others"$'\n'"$privateAddress $name # grappe"
  # cloud-init may make that file anew at every boot (manage_etc_hosts, as Raspberry Pi Imager has it), of these; ours comes first there.
  local template
  for template in /etc/cloud/templates/hosts.*.tmpl; do
    if [[ -f $template ]]; then write_file "$template" <<< "$(sed -e '/ # grappe$/d' -e "1a $privateAddress $name # grappe" "$template")"; fi
  done
}
