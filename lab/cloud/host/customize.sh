#!/usr/bin/env bash
# Turns a freshly unpacked Debian (its root directory is $1) into the host of the cloud. Called by mmdebstrap.
set -euo pipefail
root=$1

# One worker of everything: this cloud has one user, and shares two cores with its instances.
sed --in-place --regexp-extended --expression 's/^processes *=.*/processes = 1/' --expression 's/^threads *=.*/threads = 8/' \
  --expression '/^apparmor-profile/d' --expression 's/^plugins = python3,apparmor/plugins = python3/' \
  "$root"/etc/{keystone,glance,placement,nova}/*-uwsgi.ini

# Nothing of OpenStack starts before it has its configuration and its databases: set-up.sh enables it.
chroot "$root" systemctl disable --quiet \
  mariadb rabbitmq-server memcached keystone glance-api placement-api nova-api nova-api-metadata nova-conductor \
  nova-scheduler neutron-linuxbridge-agent neutron-l3-agent neutron-dhcp-agent neutron-metadata-agent
chroot "$root" systemctl disable --quiet keepalived.service haproxy.service nftables.service radvd.service podman.service \
  podman.socket podman-auto-update.timer podman-restart.service 2>/dev/null || true

# The kernel, the clock, the disks and the console are those of the computer that the cloud runs on.
chroot "$root" systemctl mask --quiet \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
  logrotate.timer console-getty.service getty.target systemd-remount-fs.service systemd-modules-load.service \
  systemd-udevd.service systemd-udev-trigger.service systemd-networkd.service systemd-networkd-wait-online.service \
  dev-hugepages.mount sys-fs-fuse-connections.mount

rm -f "$root"/var/lib/dbus/machine-id "$root"/etc/resolv.conf "$root"/etc/hostname "$root"/etc/ssh/ssh_host_*
: > "$root/etc/machine-id"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/usr/share/doc "$root"/usr/share/man

# What only compilers and the packages' own tests use.
rm -rf "$root"/usr/include "$root"/usr/lib/*/*.a "$root"/usr/lib/python3/dist-packages/{nova,neutron,keystone,glance}/tests
