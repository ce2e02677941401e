#!/usr/bin/env bash
# Makes what starts an emulated machine, on any architecture: $1 is a folder with Debian's kernel and busybox for it, as their packages
# bring them, $2 gets `linux`, `initrd` and the kernel's modules. What is needed on the way lies in the current folder.
set -euo pipefail
debian=$1 result=$2
here=$(dirname "$(readlink --canonicalize "$0")")
# Disk, cables, and the disk's file system. All else is udev's.
wanted=(virtio_blk virtio_net ext4)

kernels=("$debian"/boot/vmlinuz-*)
version=${kernels[0]##*/vmlinuz-}
mkdir -p "$result/lib" initrd/{bin,dev,modules,proc,root}
cp "${kernels[0]}" "$result/linux"
cp --recursive "$debian/usr/lib/modules" "$result/lib/modules"
depmod --basedir "$result" "$version"

cp "$debian/usr/bin/busybox" initrd/bin/busybox
install -m 0755 "$here/init.sh" initrd/init
# In their order, each once; what is built into the kernel is no file.
modprobe --dirname "$result" --set-version "$version" --show-depends --all "${wanted[@]}" |
  awk '$1 == "insmod" && !seen[$2]++ { print $2 }' > modules
while read -r module; do
  name=$(basename "${module%.xz}")
  if [[ $module = *.xz ]]; then xz --decompress --stdout "$module" > "initrd/modules/$name"; else cp "$module" "initrd/modules/$name"; fi
  echo "$name" >> initrd/modules/order
done < modules
(cd initrd && find . | cpio --quiet --create --format newc --owner 0:0) | gzip > "$result/initrd"
