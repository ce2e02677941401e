#!/usr/bin/env bash
# Part of preflight.sh: space, and how fast writes are safe.
set -euo pipefail
: "${role:?}" "${environment=}" "${maxFdatasyncMilliseconds:?}" "${allowSlowDisk:?}" "${imageArchives?}"

# How much a bundle's images that aren't there yet will take: the archive, containerd's copy of it, and the unpacked layers, which are
# up to four times as large. Lines of imageArchives: bytes, file.
missing_images_mebibytes() {
  local bytes file sum=0
  while read -r bytes file; do
    if [[ -n $bytes && $(stat --format %s "$file" 2> /dev/null) != "$bytes" ]]; then sum=$((sum + bytes)); fi
  done <<< "$imageArchives"
  echo $((sum * 6 / 1048576))
}

# What is in memory is gone with a reboot (a Pi's overlay file system, a live system); on the others containerd's layers don't work.
check_file_system() {
  [[ $environment != container ]] || return 0
  local kind
  kind=$(stat --file-system --format %T /var/lib)
  case $kind in
    overlayfs | tmpfs | ramfs | nfs* | fuseblk | ecryptfs)
      finding "/var/lib is on $kind" "containers' layers and etcd need a file system of their own on a disk, which stays after a reboot" \
        "boot it with a writable root on a disk, such as ext4 (Raspberry Pi: raspi-config nonint disable_overlayfs, then reboot)" ;;
  esac
}

# k3s unpacks its programs there and runs them; images consist of many small files.
check_file_system_options() {
  [[ $environment != container ]] || return 0
  local free
  if findmnt --noheadings --output OPTIONS --target /var/lib | tr ',' '\n' | grep -qx noexec; then
    finding '/var/lib is mounted with noexec' 'Kubernetes keeps programs there and runs them' \
      'mount it without: mount -o remount,exec the mount point, and remove noexec from it in /etc/fstab'
  fi
  # A file system without a table of inodes (btrfs) says 0 of 0, or a hyphen.
  free=$(df --inodes --portability /var/lib | awk 'NR == 2 && $2 > 0 { print $4 }')
  if [[ $free =~ ^[0-9]+$ ]] && ((free < 50000)); then
    finding "has $free inodes free under /var/lib" "images are up to 50000 files, and each takes one" \
      'remove what has many small files (df --inodes), or make the file system anew with more of them (mkfs.ext4 -T news)'
  fi
}

check_disk_space() {
  # The system's own growth and etcd, and images: what the bundle has, or as much as registries usually give.
  local own=2500 images what='images'
  images=$(missing_images_mebibytes)
  if [[ -n $imageArchives ]]; then what="the bundle's images"; else images=1500; fi
  if [[ -e /var/lib/grappe/host ]]; then own=500; fi
  if [[ -e /var/lib/grappe/host && -z $imageArchives ]]; then images=0; fi
  free_disk_mebibytes=$(df --portability --block-size=1M /var/lib | awk 'NR == 2 { print $4 }')
  if ((free_disk_mebibytes < own + images)); then
    finding "has $free_disk_mebibytes MiB free under /var/lib" \
      "$((own + images)) MiB are needed: $images for $what, $own for the system and etcd" 'make room, or choose a bigger disk'
  fi
}

# etcd calls fdatasync after every write and loses its leadership when that takes long. 100 writes of etcd's size, each
# synchronous (O_DSYNC, which is a write and an fdatasync), timed one by one with what every Debian has.
measure_fdatasync() {
  fdatasync_milliseconds=''
  [[ $role = server ]] || return 0
  local directory file
  for directory in /var/lib/etcd /var/lib/rancher /var/lib; do
    if [[ -d $directory ]]; then break; fi
  done
  file=$(mktemp "$directory/.grappe-fdatasync.XXXXXX")
  fdatasync_milliseconds=$(time_writes "$file")
  rm -f "$file"
  if ! [[ $fdatasync_milliseconds =~ ^[0-9]+\.[0-9]+$ ]]; then
    finding "the speed of safe writes under $directory can't be measured (dd and awk said «$fdatasync_milliseconds»)" \
      "whether etcd can live on this disk isn't known" 'see what dd says: dd if=/dev/zero of=/var/lib/try bs=2300 count=1 oflag=dsync'
    return
  fi
  if awk -v found="$fdatasync_milliseconds" -v limit="$maxFdatasyncMilliseconds" 'BEGIN { exit !(found > limit) }'; then
    local what="a safe write under $directory takes $fdatasync_milliseconds ms (p99); $maxFdatasyncMilliseconds ms are allowed"
    if [[ $allowSlowDisk = yes ]]; then
      warning "$what"
    else
      finding "$what" 'etcd on a slow disk, such as an SD card, loses its leader and the cluster with it' \
        'put the system on an SSD; or accept it knowingly: grappe:cluster.etcdDisk.allowSlow: true'
    fi
  fi
}

# dd reports each run's seconds itself, so that starting it isn't measured. p99 of 100 is the second slowest.
time_writes() {
  local file=$1
  for _ in {1..100}; do
    LC_ALL=C dd if=/dev/zero of="$file" bs=2300 count=1 oflag=dsync conv=notrunc 2>&1
  done | sed -n 's/.*copied, \([0-9.e-]*\) s,.*/\1/p' | LC_ALL=C sort --general-numeric-sort | awk '{ seconds[NR] = $1 } END { printf "%.2f", seconds[NR - 1] * 1000 }'
}
