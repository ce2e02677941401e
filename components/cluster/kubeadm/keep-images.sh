#!/usr/bin/env bash
# Keeps the bundle's images in containerd, as no registry would give them again: marks them as not to be collected, which the kubelet
# respects from containerd 1.6.21 on, and puts back those that are gone. Lines of /etc/grappe/bundle-images: archive, reference.
set -euo pipefail

present=$(ctr --namespace k8s.io images list)
declare -A taken=()
while read -r archive reference; do
  line=$(awk -v reference="$reference" '$1 == reference' <<< "$present")
  if [[ -z $line && -z ${taken[$archive]-} ]]; then
    echo "$reference is gone: it is put back"
    ctr --namespace k8s.io images import "$archive" > /dev/null
    taken[$archive]=yes
  fi
  if [[ $line != *io.cri-containerd.pinned=pinned* ]]; then
    ctr --namespace k8s.io images label "$reference" io.cri-containerd.pinned=pinned > /dev/null
  fi
done < "${1:-/etc/grappe/bundle-images}"
