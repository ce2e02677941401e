#!/usr/bin/env bash
# Versions lie side by side under /usr/local/lib/grappe/kubernetes; links in /usr/local/bin say which one runs, and change
# only when the node is drained. Needs: version.
set -euo pipefail
: "${version?}"

versions=/usr/local/lib/grappe/kubernetes

link_binaries() { # names
  local name
  for name in "$@"; do
    if [[ $(readlink "/usr/local/bin/$name") = "$versions/$version/$name" ]]; then continue; fi
    [[ -x $versions/$version/$name ]] || fail "$versions/$version/$name isn't there. Fix: run again."
    ln -sfn "$versions/$version/$name" "/usr/local/bin/.grappe-$name"
    mv -fT "/usr/local/bin/.grappe-$name" "/usr/local/bin/$name"
  done
}

# Once the node runs `version`, earlier ones only take space.
remove_other_versions() {
  local directory
  for directory in "$versions"/*; do
    if [[ $directory != "$versions/$version" ]]; then rm -rf "$directory"; fi
  done
}
