#!/usr/bin/env bash
# Turns a freshly unpacked Debian (its root directory is $1) into what Raspberry Pi OS is before its first boot: cloud-init reads
# the boot partition, nobody can log in, and SSH is off. Called by mmdebstrap.
set -euo pipefail
root=$1

# As the package rpi-cloud-init-mods configures it.
install -D -m 0644 /dev/stdin "$root/etc/cloud/cloud.cfg.d/99_raspberry-pi.cfg" <<'END'
datasource_list: [NoCloud, None]
datasource:
  NoCloud:
    seedfrom: file:///boot/firmware
END
# The image has no locales, else cloud-init's module for them fails.
install -m 0644 /dev/stdin "$root/etc/cloud/cloud.cfg.d/90-lab.cfg" <<'END'
locale: C.UTF-8
END
install -d -m 0755 "$root/boot/firmware"
chroot "$root" systemctl disable --quiet ssh.service

# As Raspberry Pi OS does: netplan hands every interface to NetworkManager.
install -D -m 0600 /dev/stdin "$root/usr/lib/netplan/00-network-manager-all.yaml" <<'END'
network:
  version: 2
  renderer: NetworkManager
END

# There is no udev in a container, which both network services wait for as long as /sys is writable. And a Pi has no address
# before its network is set up: NetworkManager would leave the engine's as it is.
install -m 0644 /dev/stdin "$root/etc/systemd/system/lab-interface.service" <<'END'
[Unit]
Description=/sys read-only, and the interface as on a machine that was just switched on
DefaultDependencies=no
Before=NetworkManager.service systemd-networkd.service cloud-init-local.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=mount -o remount,bind,ro /sys
ExecStart=ip address flush dev eth0
ExecStart=ip link set eth0 down

[Install]
WantedBy=sysinit.target
END
chroot "$root" systemctl enable --quiet \
  lab-interface.service NetworkManager.service systemd-networkd.service systemd-resolved.service
chroot "$root" systemctl mask --quiet \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
  console-getty.service getty.target systemd-remount-fs.service systemd-modules-load.service \
  systemd-udevd.service systemd-udev-trigger.service systemd-networkd-wait-online.service NetworkManager-wait-online.service dev-hugepages.mount \
  sys-fs-fuse-connections.mount

# Every computer makes its own identity at its first boot.
rm -f "$root"/etc/ssh/ssh_host_* "$root/var/lib/dbus/machine-id"
: > "$root/etc/machine-id"
