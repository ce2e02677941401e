#!/usr/bin/env bash
# Part of prepare.sh: how apt and downloads of ours get out.
set -euo pipefail
: "${proxyOf=}" "${proxyRoutes=}" "${aptProxy=}" "${aptLogin=}" "${curlProxy=}"

# Path, mode, content; without content the file goes.
put_file() {
  if [[ -n $3 ]]; then install -D -m "$2" /dev/stdin "$1" <<< "${3%$'\n'}"; else rm -f "$1"; fi
}

# The login's files never stand open, not for a moment. apt's asks the program, which reads the routes: they go in the other order.
set_proxy() {
  if [[ -n $aptProxy ]]; then
    put_file /usr/local/lib/grappe/proxy-of 755 "$proxyOf"
    put_file /etc/grappe/proxy-routes 644 "$proxyRoutes"
  fi
  put_file /etc/grappe/proxy.curlrc 600 "$curlProxy"
  put_file /etc/apt/auth.conf.d/90grappe-proxy.conf 600 "$aptLogin"
  put_file /etc/apt/apt.conf.d/90grappe-proxy 644 "$aptProxy"
  if [[ -z $aptProxy ]]; then rm -f /usr/local/lib/grappe/proxy-of /etc/grappe/proxy-routes; fi
}
