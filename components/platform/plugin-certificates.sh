#!/usr/bin/env bash
# grappe-step: plugin-certificates
# On a server: the two certificates by which CloudNativePG's operator and a plugin of it know each other. Each signs itself, and each side
# is given the other's, so that there is no authority whose key could sign others. Made once, and anew in the last third of their lives.
# Keys are in Secrets and, while this runs, in memory.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${namespace:?}" "${service:?}" "${serverSecret:?}" "${clientSecret:?}" "${operator:?}" "${month:?}"
# shellcheck source=../cluster/lib/report.sh
. ../cluster/lib/report.sh
# shellcheck source=../cluster/lib/kubectl.sh
. ../cluster/lib/kubectl.sh

days=3650
umask 077
mkdir -p /run/grappe
folder=$(mktemp -d /run/grappe/plugin.XXXXXX)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

ours() { kube --namespace "$namespace" "$@"; }

# The Secret's certificate as old.crt, which is empty where there is none.
found() {
  answer=$(ours get secret "$1" --ignore-not-found --output 'jsonpath={.data.tls\.crt}' 2>&1) && base64 --decode <<< "$answer" > old.crt
}

moment() { date --date "$(openssl x509 -in "$1" -noout "-${2}date" | cut -d = -f 2)" +%s; }

is_good() {
  [[ -s old.crt ]] || return 1
  local start end
  start=$(moment old.crt start) end=$(moment old.crt end)
  ((end - $(date +%s) >= (end - start) / 3))
}

# Nothing of the machine's own openssl.cnf counts.
configuration() { # name, extended key usage
  cat << CONFIGURATION
[req]
distinguished_name = name
prompt = no
[name]
CN = $1
[own]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = $2
subjectKeyIdentifier = hash
subjectAltName = DNS:$1
CONFIGURATION
}

# shellcheck disable=SC2034 # until_success reads it.
taken() {
  answer=$(ours create secret tls "$1" --cert=new.crt --key=new.key --dry-run=client --output=json |
    ours apply --server-side --force-conflicts --field-manager=grappe --filename=- 2>&1)
}

certify() { # Secret, name, extended key usage
  until_success 60 "the API to say whether there is $1" found "$1" || fail "the Secret $namespace/$1 can't be asked for: $answer"
  if is_good; then return; fi
  if [[ -s old.crt ]]; then renewed=yes; fi
  configuration "$2" "$3" > own.cnf
  openssl req -x509 -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days "$days" -config own.cnf -extensions own \
    -keyout new.key -out new.crt 2> openssl.log || fail "openssl made no certificate: $(< openssl.log)"
  until_success 60 "the API to take $1" taken "$1" || fail "the Secret $namespace/$1 was not written: $answer"
}

restarted() { answer=$(ours rollout restart "deployment/$operator" 2>&1); }

command -v openssl > /dev/null || fail "openssl is missing. Fix: apt-get install openssl."
await_api 120
renewed=no
certify "$serverSecret" "$service" serverAuth
certify "$clientSecret" "$service-client" clientAuth
# The plugin reads its files at every connection; the operator keeps what it read first.
if [[ $renewed = yes ]]; then
  until_success 60 "the operator to start anew" restarted || fail "the operator $namespace/$operator was not told to start anew: $answer"
fi
