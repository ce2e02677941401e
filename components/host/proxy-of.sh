#!/usr/bin/env bash
# Says by what an address is reached: the proxy's address, or DIRECT. apt asks it (Acquire::http::Proxy-Auto-Detect), and our downloads.
# The file holds the proxy, then what is reached without it, as components/settings/site-proxy.ts reads it. Argument: an address.
set -euo pipefail
routes=/etc/grappe/proxy-routes

number() { # an IPv4 address
  local a b c d
  IFS=. read -r a b c d <<< "$1"
  echo $(((10#$a << 24) + (10#$b << 16) + (10#$c << 8) + 10#$d))
}

is_excepted() { # host, exception
  local host=$1 text=${2,,} prefix=32
  if [[ $host =~ ^[0-9]+(\.[0-9]+){3}$ ]]; then
    if [[ $text = */* ]]; then prefix=${text#*/} text=${text%/*}; fi
    [[ $text =~ ^[0-9]+(\.[0-9]+){3}$ ]] || return 1
    ((prefix == 0 || $(number "$host") >> (32 - prefix) == $(number "$text") >> (32 - prefix)))
  else
    [[ $host = "$text" || $host = *".${text#.}" ]]
  fi
}

host=${1#*://}
host=${host%%[/?#]*}
host=${host##*@}
host=${host%%:*}
{
  read -r proxy
  while read -r exception; do
    if is_excepted "${host,,}" "$exception"; then proxy=DIRECT; fi
  done
} < "$routes"
echo "$proxy"
