#!/usr/bin/env bash
# Part of preflight.sh: the way out by a proxy, tried with what stands on any Debian: curl comes only through it.
set -euo pipefail
: "${proxyUrl=}" "${proxyTrial=}" "${proxyAuthorization=}"

# Where nothing of ours is loaded by it, the host's packages are.
first_package_source() {
  { grep -hsE '^[[:space:]]*(deb|URIs:)[[:space:]]' /etc/apt/sources.list /etc/apt/sources.list.d/* || true; } |
    grep -m 1 -oE 'https?://[^[:space:]]+' || echo http://deb.debian.org/debian/
}

proxy_request() { # what is asked for
  local authority=${1#*://}
  authority=${authority%%/*}
  if [[ $1 = https://* ]]; then
    [[ $authority = *:* ]] || authority+=:443
    printf 'CONNECT %s HTTP/1.1\r\n' "$authority"
  else
    printf 'HEAD %s HTTP/1.1\r\n' "$1"
  fi
  printf 'Host: %s\r\nUser-Agent: grappe\r\nConnection: close\r\n' "$authority"
  if [[ -n $proxyAuthorization ]]; then printf 'Proxy-Authorization: Basic %s\r\n' "$proxyAuthorization"; fi
  printf '\r\n'
}

# The answer's first line, or why there is none. The request, which holds the login, travels on stdin.
ask_proxy() { # host, port
  # shellcheck disable=SC2016
  timeout 25 bash --norc -c 'exec 3<> "/dev/tcp/$1/$2" || exit 10; cat >&3; read -r -t 15 line <&3 || exit 11; printf "%s" "${line%$'"'\\r'"'}"' \
    proxy "$1" "$2" 2>&1
}

# Steps see nothing of a machine's own environment. What stands there may hold a password: only the file is named.
warn_of_own_proxy() {
  local file
  file=$({ grep -lsiE '^[^#]*\b(https?_proxy|Acquire::https?::Proxy)\b' /etc/environment /etc/profile.d/*.sh /etc/apt/apt.conf \
    /etc/apt/apt.conf.d/* || true; } | sed '/90grappe-proxy/d' | head -n 1)
  if [[ -n $file ]]; then
    warning "it reaches the internet by a proxy ($file), of which neither containers nor grappe's downloads know; fix: grappe:site.proxy"
  fi
}

check_proxy() {
  if [[ -z $proxyUrl ]]; then
    warn_of_own_proxy
    return
  fi
  local target=${proxyTrial:-$(first_package_source)} address=${proxyUrl#http://} answer code=0 status
  answer=$(proxy_request "$target" | ask_proxy "${address%:*}" "${address##*:}") || code=$?
  status=$(sed -nE '1s|^HTTP/[0-9.]+ ([0-9]{3})( .*)?$|\1|p' <<< "$answer")
  case $code:$status in
    0:407) finding "the proxy $proxyUrl (grappe:site.proxy) wants another login: $answer" 'what this machine loads comes through it' \
      'correct grappe:site.proxy.user and the secret grappe:proxyPassword (pulumi config set --secret grappe:proxyPassword)' ;;
    0:403) [[ -z $proxyTrial ]] || finding "the proxy $proxyUrl (grappe:site.proxy) doesn't let this machine to $target: $answer" \
      'it loads from there what Kubernetes is made of' \
      'let the proxy allow it (docs/network-access.md lists all), set grappe:artifacts.mirrors, or use a bundle' ;;
    # Of the packages' source nobody here knows whether it is excepted.
    0:5??) [[ -z $proxyTrial ]] || finding "the proxy $proxyUrl (grappe:site.proxy) doesn't reach $target: $answer" 'it loads from there' \
      "see the proxy's log; what it shall not be asked for belongs into grappe:site.proxy.noProxy" ;;
    0:???) ;;
    124:* | 11:*) finding "the proxy $proxyUrl (grappe:site.proxy) gives no answer within 25 s" 'what this machine loads comes through it' \
      'correct grappe:site.proxy.url, or let the firewall between them pass' ;;
    0:*) finding "what answers at $proxyUrl (grappe:site.proxy) is no HTTP proxy: «${answer:0:80}»" 'what this machine loads comes through it' \
      'correct the address and port in grappe:site.proxy.url' ;;
    *) answer=${answer%%$'\n'*} answer=${answer#proxy: } && finding "the proxy $proxyUrl (grappe:site.proxy) isn't reached: ${answer#connect: }" \
      'what this machine loads comes through it' 'correct grappe:site.proxy.url, start the proxy, or remove the setting where there is none' ;;
  esac
}
