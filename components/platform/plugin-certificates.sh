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
# shellcheck source=./lib/own-certificates.sh
. ./lib/own-certificates.sh

days=3650

# The Secret's certificate as old.crt, which is empty where there is none.
found() {
  answer=$(ours get secret "$1" --ignore-not-found --output 'jsonpath={.data.tls\.crt}' 2>&1) && base64 --decode <<< "$answer" > old.crt
}

configuration() { # name, extended key usage
  subject "$1"
  cat << CONFIGURATION
[own]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = $2
subjectKeyIdentifier = hash
subjectAltName = DNS:$1
CONFIGURATION
}

certify() { # Secret, name, extended key usage
  until_success 60 "the API to say whether there is $1" found "$1" || fail "the Secret $namespace/$1 can't be asked for: $answer"
  if [[ -s old.crt ]]; then
    if is_young old.crt; then return; fi
    renewed=yes
  fi
  configuration "$2" "$3" > own.cnf
  openssl req -x509 -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days "$days" -config own.cnf -extensions own \
    -keyout new.key -out new.crt 2> openssl.log || fail "openssl made no certificate: $(< openssl.log)"
  until_success 60 "the API to take $1" kept "$1" new.crt new.key || fail "the Secret $namespace/$1 was not written: $answer"
}

restarted() { answer=$(ours rollout restart "deployment/$operator" 2>&1); }

require_openssl
await_api 120
renewed=no
certify "$serverSecret" "$service" serverAuth
certify "$clientSecret" "$service-client" clientAuth
# The plugin reads its files at every connection; the operator keeps what it read first.
if [[ $renewed = yes ]]; then
  until_success 60 "the operator to start anew" restarted || fail "the operator $namespace/$operator was not told to start anew: $answer"
fi
