#!/usr/bin/env bash
# Starts what stop.sh has stopped. Needs etcd-files.sh.
set -euo pipefail
: "${distribution:?}" "${stopped_pods:?}" "${static_pods:?}" "${control_plane[0]:?}"

start_static_pod() { # name
  if [[ -e $stopped_pods/$1.yaml ]]; then mv -f "$stopped_pods/$1.yaml" "$static_pods/$1.yaml"; fi
}

start_server() {
  local name
  case $distribution in
    k3s)
      systemctl enable --quiet k3s.service
      systemctl start k3s.service
      ;;
    kubeadm)
      for name in "${control_plane[@]}"; do start_static_pod "$name"; done
      rmdir "$stopped_pods" 2> /dev/null || true
      ;;
  esac
}
