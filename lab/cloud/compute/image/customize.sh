#!/usr/bin/env bash
# Turns a freshly unpacked Debian (its root directory is $1) into a cloud image: every address from DHCP, everything else
# from cloud-init, which asks OpenStack's metadata service. Called by mmdebstrap.
set -euo pipefail
root=$1

install -m 0644 /dev/stdin "$root/etc/systemd/network/50-dhcp.network" <<'END'
[Match]
Name=eth*

[Network]
DHCP=ipv4
LinkLocalAddressing=no
IPv6AcceptRA=no

[DHCPv4]
ClientIdentifier=mac
UseMTU=yes
END
# There is no udev in a container; networkd would wait for it because /sys is writable.
install -D -m 0644 /dev/stdin "$root/etc/systemd/system/systemd-networkd.service.d/no-udev.conf" <<'END'
[Service]
ReadOnlyPaths=/sys
END
chroot "$root" systemctl enable systemd-networkd.service systemd-resolved.service
ln -sf /run/systemd/resolve/resolv.conf "$root/etc/resolv.conf"

# A data source that stands alone is taken without a search; the network is systemd-networkd's, not cloud-init's.
install -m 0644 /dev/stdin "$root/etc/cloud/cloud.cfg.d/90-openstack.cfg" <<'END'
datasource_list: [OpenStack]
datasource:
  OpenStack:
    metadata_urls: ["http://169.254.169.254"]
    max_wait: 120
    timeout: 10
    apply_network_config: false
network:
  config: disabled
apt:
  preserve_sources_list: true
locale: C.UTF-8
END

# Housekeeping at random times would disturb what is measured.
chroot "$root" systemctl mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer

# Every computer makes its own identity at its first boot.
rm -f "$root"/etc/ssh/ssh_host_* "$root/var/lib/dbus/machine-id"
: >"$root/etc/machine-id"
