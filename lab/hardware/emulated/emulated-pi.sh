#!/usr/bin/env bash
# Part of supervise.sh: the machine is QEMU's `virt`, emulated, which calls itself a Pi. Its boot partition is a FAT image, as on a Pi's card.
set -euo pipefail
: "${memory:?}" "${disk:?}" "${rebooted:?}"
boot=/machine/boot.img
monitor=/run/monitor
device_tree=/run/device-tree
hardware=(-nodefaults -display none -machine virt -cpu cortex-a72 -smp 1 -m "$memory")

make_boot_partition() {
  [[ ! -e $boot ]] || return 0
  truncate --size 64M "$boot.new"
  mkfs.vfat -F 32 -n bootfs "$boot.new" >&2
  echo 'console=ttyAMA0 root=/dev/vda rw rootwait net.ifnames=0' | mcopy -i "$boot.new" - ::cmdline.txt
  mv "$boot.new" "$boot"
}

boot_line() { mtype -i "$boot" ::cmdline.txt | head -n 1; }

# The firmware tells the kernel on what it runs.
set_up() {
  qemu-system-aarch64 "${hardware[@]}" -machine "dumpdtb=$device_tree" >&2
  fdtput --type s "$device_tree" / model "Raspberry Pi, as grappe's lab plays it"
  mkfifo "$monitor"
}

# Says to QEMU what it is to do.
tell() { printf '{ "execute": "%s" }\n' "$1" > "$monitor"; }

# Each instruction is computed: what else runs on the computer goes first. QEMU tells why it ended to whom it took for its operator.
run_kernel() {
  local n
  local -a cables=()
  for n in 0 1; do
    cables+=(-netdev "tap,id=cable$n,ifname=tap$n,script=no,downscript=no"
      -device "virtio-net-pci,netdev=cable$n,mac=$(mac "$n"),romfile=")
  done
  tell qmp_capabilities &
  if nice -n 19 qemu-system-aarch64 "${hardware[@]}" -accel tcg,thread=multi,tb-size=128 -no-reboot \
    -dtb "$device_tree" -kernel /own-kernel/linux -initrd /own-kernel/initrd -append "$*" -qmp stdio -serial file:/dev/stderr \
    -drive "if=none,id=disk,format=raw,file=$disk" -device virtio-blk-pci,drive=disk \
    -drive "if=none,id=boot,format=raw,file=$boot" -device virtio-blk-pci,drive=boot \
    -device virtio-rng-pci "${cables[@]}" <> "$monitor" | grep '"reason": "guest-reset"' >&2; then
    exit "$rebooted"
  fi
}

# The button that asks a machine to end in good order.
switch_off() { tell system_powerdown; }
