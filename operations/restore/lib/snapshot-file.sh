#!/usr/bin/env bash
# A snapshot as a file on this server: found on its disk or brought from S3, and whole; or what etcd itself has there. Needs report.sh,
# etcd-files.sh, s3.sh; snapshot (its name), place (disk, s3 or data).
set -euo pipefail
: "${snapshot:?}" "${place:?}" "${distribution:?}" "${snapshot_directory:?}" "${etcd_data:?}"

# Beside the state of a restore, and gone with it.
downloads=/var/lib/grappe/restore/downloads

snapshot_file() {
  case $place in
    disk) echo "$snapshot_directory/$snapshot" ;;
    s3) echo "$downloads/$snapshot" ;;
    data)
      # Put aside by a run that was cut off, it is what was there.
      local file
      for file in "$(data_aside)/snap/db" "$(data_aside)/member/snap/db" "$etcd_data/member/snap/db"; do
        if [[ -e $file ]]; then break; fi
      done
      echo "$file"
      ;;
  esac
}

bring_snapshot() {
  local file
  file=$(snapshot_file)
  if [[ -e $file ]]; then return; fi
  [[ $place = s3 ]] || fail "$file is gone. Fix: run ./grappe restore again, and choose another snapshot."
  read_s3_settings
  mkdir -p "$downloads"
  s3 "${s3_folder:+$s3_folder/}$snapshot" --output "$file.part" || fail "$snapshot couldn't be brought from S3; why stands above."
  mv -f "$file.part" "$file"
}

# etcd's own data has no checksum at its end, and can't be looked at while etcd runs.
is_own_data() { [[ $place = data ]]; }

# etcd appends the SHA-256 of all that is before it (etcdutl/snapshot/v3_snapshot.go).
refuse_damaged_snapshot() {
  local file size sum
  if is_own_data; then return; fi
  file=$(snapshot_file)
  size=$(stat -c %s "$file")
  ((size > 512 && size % 512 == 32)) || fail "$file has $size bytes: it is cut off, or no snapshot of etcd. Nothing was changed. Fix: choose another one: --snapshot."
  sum=$(head -c -32 "$file" | sha256sum | cut -d ' ' -f 1)
  [[ $(tail -c 32 "$file" | od -An -tx1 | tr -d ' \n') = "$sum" ]] || fail "$file isn't what etcd wrote: its checksum is another one. Nothing was changed. Fix: choose another snapshot: --snapshot."
}

refuse_full_disk() {
  local size free
  size=$(stat -c %s "$(snapshot_file)")
  free=$(df --output=avail -B1 "$(dirname "$etcd_data")" | tail -n 1)
  ((free > 2 * size)) || fail "the disk below $etcd_data has $free bytes free, and restoring $snapshot takes up to $((2 * size)). Nothing was changed. Fix: make room there."
}

# etcd's own tool, which comes in etcd's own image: on kubeadm's servers only. What it may write comes as a mount.
etcdutl() { # options of the mount of /var/lib, then the tool's own
  local image mount=$1
  shift
  image=$(manifest_value 'image: ')
  ctr --namespace k8s.io tasks kill --signal KILL grappe-restore > /dev/null 2>&1 || true
  ctr --namespace k8s.io containers delete grappe-restore > /dev/null 2>&1 || true
  ctr --namespace k8s.io run --rm --mount "type=bind,src=/var/lib,dst=/var/lib,options=rbind:$mount" "$image" grappe-restore etcdutl "$@"
}
