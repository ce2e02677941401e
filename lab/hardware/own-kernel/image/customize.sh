#!/usr/bin/env bash
# Turns a freshly unpacked Debian (its root directory is $1) into a machine of the lab with a kernel of its own: a host in a
# container, and what such a host leaves to its computer. Called by mmdebstrap.
set -euo pipefail
root=$1
"$(dirname "$(readlink --canonicalize "$0")")/../../image/customize.sh" "$root"

chroot "$root" systemctl unmask --quiet systemd-remount-fs.service systemd-modules-load.service systemd-udevd.service \
  systemd-udev-trigger.service dev-hugepages.mount rpcbind.service rpcbind.socket nfs-client.target
chroot "$root" systemctl disable --quiet nfs-server.service
chroot "$root" systemctl enable --quiet nfs-client.target

# Who switches a machine off by its keys doesn't want it to start again.
ln -s /lib/systemd/system/poweroff.target "$root/etc/systemd/system/ctrl-alt-del.target"

# The boot partition, which the Pi's firmware reads, is a folder beside the machine.
install -d "$root/boot/firmware"
install -m 0644 /dev/stdin "$root/etc/fstab" <<'FSTAB'
/dev/ubda / ext4 defaults,noatime 0 0
none /boot/firmware hostfs /machine/boot,nofail 0 0
FSTAB

# Nobody gives this machine its addresses, as an engine gives them to a container.
install -m 0755 /dev/stdin "$root/usr/local/sbin/lab-network" <<'NETWORK'
#!/usr/bin/env bash
set -euo pipefail
while read -r interface address; do
  if [[ -e /sys/class/net/vec${interface#eth} ]]; then ip link set "vec${interface#eth}" name "$interface"; fi
  ip address replace "$address" broadcast + dev "$interface"
  ip link set "$interface" up
done < /etc/lab/addresses
ip -4 route replace default via "$(< /etc/lab/admin-gateway)"
NETWORK
