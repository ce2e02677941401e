#!/usr/bin/env bash
# How curl gets to an address where the site has a proxy: by it, or directly (proxy-of.sh).
set -euo pipefail

use_proxy_for() { # address; sets by_proxy, options of curl
  by_proxy=()
  [[ -x /usr/local/lib/grappe/proxy-of ]] || return 0
  # shellcheck disable=SC2034 # read by who calls this
  if [[ $(/usr/local/lib/grappe/proxy-of "$1") = DIRECT ]]; then by_proxy=(--noproxy '*'); else by_proxy=(--config /etc/grappe/proxy.curlrc); fi
}
