#!/usr/bin/env bash
# Turns a freshly unpacked Debian (its root directory is $1) into a host of the lab. Called by mmdebstrap.
set -euo pipefail
root=$1

chroot "$root" useradd --create-home --shell /bin/bash grappe
install -m 0440 /dev/stdin "$root/etc/sudoers.d/grappe" <<'EOF'
grappe ALL=(ALL) NOPASSWD: ALL
EOF

# Every host gets its own host key and authorised key when it is made; the image holds none.
rm -f "$root"/etc/ssh/ssh_host_*
install -d -m 0755 "$root/etc/ssh/authorized_keys"
install -m 0644 /dev/stdin "$root/etc/ssh/sshd_config.d/lab.conf" <<'EOF'
HostKey /etc/ssh/ssh_host_ed25519_key
AuthorizedKeysFile /etc/ssh/authorized_keys/%u
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
UseDNS no
MaxStartups 50:30:100
EOF

: > "$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id" "$root/etc/resolv.conf" "$root/etc/hostname"

# The kernel, the clock, the disks and the console are those of the computer that the lab runs on.
chroot "$root" systemctl mask --quiet \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
  console-getty.service getty.target systemd-remount-fs.service systemd-modules-load.service \
  systemd-udevd.service systemd-udev-trigger.service systemd-networkd-wait-online.service dev-hugepages.mount \
  sys-fs-fuse-connections.mount rpcbind.service rpcbind.socket nfs-client.target
chroot "$root" systemctl disable --quiet keepalived.service nftables.service

install -m 0755 /dev/stdin "$root/usr/local/sbin/lab-network" <<'EOF'
#!/usr/bin/env bash
# Container engines give every network a default route. Hosts of the lab have one, through the admin network, so that
# what picks its interface by the default route, and not by the declared subnet, is found out.
set -euo pipefail
gateway=$(</etc/lab/admin-gateway)
while ip -4 route delete default 2>/dev/null; do :; done
ip -4 route add default via "$gateway"
EOF
install -m 0644 /dev/stdin "$root/etc/systemd/system/lab-network.service" <<'EOF'
[Unit]
Description=One default route, through the lab's admin network
ConditionPathExists=/etc/lab/admin-gateway
DefaultDependencies=no
Before=network-pre.target ssh.service
Wants=network-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/lab-network

[Install]
WantedBy=multi-user.target
EOF

# A host that another machine of the same addresses replaces is unreachable for half a minute, until everyone's neighbour
# entries expire: it says itself who it is, as machines do when their network comes up.
install -m 0755 /dev/stdin "$root/usr/local/sbin/lab-announce" <<'EOF'
#!/usr/bin/env bash
set -euo pipefail
for interface in eth0 eth1; do
  address=$(ip -4 -oneline address show dev "$interface" | awk '{ sub("/.*", "", $4); print $4; exit }')
  arping -q -U -c 2 -w 3 -I "$interface" "$address" || true
done
EOF
install -m 0644 /dev/stdin "$root/etc/systemd/system/lab-announce.service" <<'EOF'
[Unit]
Description=Gratuitous ARP for this host's addresses
ConditionPathExists=/etc/lab/admin-gateway
DefaultDependencies=no
After=lab-network.service

[Service]
ExecStart=/usr/local/sbin/lab-announce

[Install]
WantedBy=multi-user.target
EOF

# In a container systemd leaves mounts private; on a machine they are shared, and drivers of volumes mount for others.
install -m 0644 /dev/stdin "$root/etc/systemd/system/lab-shared-mounts.service" <<'EOF'
[Unit]
Description=Mounts are shared, as on a machine
DefaultDependencies=no
Before=local-fs-pre.target
Wants=local-fs-pre.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/mount --make-rshared /

[Install]
WantedBy=sysinit.target
EOF
chroot "$root" systemctl enable --quiet lab-network.service lab-announce.service lab-shared-mounts.service ssh.service \
  containerd.service

rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/usr/share/doc "$root"/usr/share/man
