#!/usr/bin/env bash
# Keeps the bundle's images in containerd, as no registry would give them again: marks them as not to be collected, which the kubelet
# respects from containerd 1.6.21 on, and puts back those that are gone. Those of an earlier bundle that nothing runs any more lose
# the mark, and their archives go. Lines of /etc/grappe/bundle-images, and of what was kept so far: archive, reference.
set -euo pipefail

list=${1:-/etc/grappe/bundle-images}
kept=${2:-/var/lib/grappe/kept-images}

images() { ctr --namespace k8s.io images "$@"; }

is_in_use() { ctr --namespace k8s.io containers list | awk -v reference="$1" '$2 == reference { found = 1 } END { exit !found }'; }

# What is kept from now on: what the bundle has, and of what it had what still runs.
let_go_of_former() {
  local archive reference wanted
  wanted=$(< "$list")
  if [[ -e $kept ]]; then
    while read -r archive reference; do
      if grep -qxF "$archive $reference" <<< "$wanted"; then continue; fi
      if is_in_use "$reference"; then
        wanted+=$'\n'"$archive $reference"
      elif ! awk -v reference="$reference" '$2 == reference { found = 1 } END { exit !found }' <<< "$wanted"; then
        images label "$reference" io.cri-containerd.pinned= > /dev/null 2>&1 || true
      fi
    done < "$kept"
    while read -r archive _; do
      if ! grep -qF "$archive " <<< "$wanted"; then rm -f "$archive"; fi
    done < "$kept"
  fi
  if [[ ! -e $kept || $(< "$kept") != "$wanted" ]]; then
    printf '%s\n' "$wanted" > "$kept.new"
    mv -f "$kept.new" "$kept"
  fi
}

keep() {
  local archive reference line present
  local -A taken=()
  present=$(images list)
  while read -r archive reference; do
    line=$(awk -v reference="$reference" '$1 == reference' <<< "$present")
    if [[ -z $line && -z ${taken[$archive]-} ]]; then
      echo "$reference is gone: it is put back"
      images import "$archive" > /dev/null
      taken[$archive]=yes
    fi
    if [[ $line != *io.cri-containerd.pinned=pinned* ]]; then
      images label "$reference" io.cri-containerd.pinned=pinned > /dev/null
    fi
  done < "$list"
}

keep
let_go_of_former
