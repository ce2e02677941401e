#!/usr/bin/env bash
# Turns a freshly unpacked Debian (its root directory is $1) into an emulated machine of the lab: a machine with a kernel of its own whose
# disk and boot partition are QEMU's. Called by mmdebstrap.
set -euo pipefail
root=$1
"$(dirname "$(readlink --canonicalize "$0")")/../../own-kernel/image/customize.sh" "$root"

# As a Pi has it.
install -m 0644 /dev/stdin "$root/etc/fstab" <<'FSTAB'
/dev/vda / ext4 defaults,noatime 0 1
/dev/vdb /boot/firmware vfat defaults 0 2
FSTAB
