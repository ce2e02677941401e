#!/usr/bin/env bash
# grappe-step: issue-certificate
# On a server, by `up` and by grappe-certificate.timer: the ingress' certificate of the shop's own authority, where there is none, where
# it names others than it should, and in the last third of its life. Only `up` makes the authority, once. Its key is in a Secret and,
# while this runs, in memory; it is in no command's text and in no output.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${namespace:?}" "${authority:?}" "${certificate:?}" "${commonName:?}" "${names?}" "${service?}" "${isUp:?}"
# shellcheck source=../cluster/lib/report.sh
. ../cluster/lib/report.sh
# shellcheck source=../cluster/lib/kubectl.sh
. ../cluster/lib/kubectl.sh
# shellcheck source=./lib/own-certificates.sh
. ./lib/own-certificates.sh

# What browsers and Apple's systems take at most from public authorities (CA/Browser Forum, ballot SC22), in days.
certificate_days=397
root_days=3650
another="./grappe pulumi up --replace '**::own-authority-certificate' makes another one, whose root tills must be made to trust."

# One part of a Secret as a file.
part() { # Secret, part, file
  local text
  text=$(ours get secret "$1" --output "jsonpath={.data.${2/./\\.}}") && [[ -n $text ]] && base64 --decode <<< "$text" > "$3"
}

configuration() { # common name, names of the certificate
  subject "$1"
  cat << CONFIGURATION
[root]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[certificate]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = ${2:-DNS:none.invalid}
CONFIGURATION
}

found_authority() { answer=$(ours get secret "$authority" --ignore-not-found --output name 2>&1); }

# Of several that make one at once the API takes the first, and never a second.
made_authority() {
  answer=$(ours create secret tls "$authority" --cert=new.crt --key=new.key 2>&1) || [[ $answer = *AlreadyExists* || $answer = *"already exists"* ]]
}

make_authority() {
  configuration "$commonName $(date --utc +%F)" > root.cnf
  openssl req -x509 -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days "$root_days" \
    -config root.cnf -extensions root -keyout new.key -out new.crt 2> openssl.log || fail "openssl made no root: $(< openssl.log)"
  until_success 60 "the API to take the authority" made_authority || fail "the authority $namespace/$authority was not made: $answer"
}

# Whether a certificate and a key, two files, belong together.
belong() { [[ $(openssl x509 -in "$1" -noout -pubkey) = "$(openssl pkey -in "$2" -pubout)" ]]; }

authority_is_whole() { part "$authority" tls.crt root.crt && part "$authority" tls.key root.key && belong root.crt root.key; }

read_authority() {
  until_success 60 "the API to give the authority" found_authority || fail "the authority $namespace/$authority can't be asked for: $answer"
  if [[ -z $answer ]]; then
    [[ $isUp = yes ]] || fail "the authority $namespace/$authority is gone. Fix: $another"
    make_authority
  fi
  authority_is_whole || fail "the Secret $namespace/$authority is no authority. Fix: bring it back from etcd's snapshot; or delete it, and
$another"
}

balanced_address() {
  answer=$(ours get service "$service" --output 'jsonpath={.status.loadBalancer.ingress[*].ip}' 2>&1) && [[ -n $answer ]]
}

# As a certificate names them, sorted.
wanted_names() {
  local name
  for name in $names; do printf 'DNS:%s\n' "$name"; done
  for name in $addresses; do printf 'IP:%s\n' "$name"; done
}

names_in() {
  openssl x509 -in "$1" -noout -ext subjectAltName | sed -nE '/^ *(DNS|IP Address):/p' | tr -d ' ' | tr ',' '\n' | sed 's/^IPAddress:/IP:/' | sort
}

is_good() {
  part "$certificate" tls.crt old.crt 2> /dev/null && part "$certificate" tls.key old.key 2> /dev/null || return 1
  openssl verify -CAfile root.crt old.crt > /dev/null 2>&1 && belong old.crt old.key || return 1
  [[ $(names_in old.crt) = "$wanted" ]] || return 1
  is_young old.crt
}

issue() {
  local left days
  left=$((($(moment root.crt end) - $(date +%s)) / 86400))
  days=$((left < certificate_days ? left : certificate_days))
  ((days > 0)) || fail "the authority $namespace/$authority has ended. Fix: delete that Secret, and $another"
  if ((left < certificate_days)); then echo "$(hostname): the authority $namespace/$authority ends in $left days; see docs/https.md" >&2; fi
  configuration "$commonName ingress" "${wanted//$'\n'/,}" > certificate.cnf
  {
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -config certificate.cnf -keyout certificate.key -out certificate.csr &&
      openssl x509 -req -in certificate.csr -CA root.crt -CAkey root.key -set_serial "0x$(openssl rand -hex 16)" -sha256 -days "$days" \
        -extfile certificate.cnf -extensions certificate -out certificate.crt
  } 2> openssl.log || fail "openssl issued no certificate: $(< openssl.log)"
  until_success 60 "the API to take the certificate" kept "$certificate" certificate.crt certificate.key || fail "the certificate $namespace/$certificate was not written: $answer"
}

require_openssl
await_api 120
read_authority
addresses=''
if [[ -n $service ]]; then
  until_success 120 "the address of $namespace/$service" balanced_address || fail "$namespace/$service has no address that a certificate could name: $answer"
  addresses=$answer
fi
wanted=$(wanted_names | sort)
[[ -n $wanted ]] || fail "nothing is served by the ingress that a certificate could name. Fix: expose an application by it, or write
\`authority: none\` in grappe:platform.certificates."
is_good || issue
if [[ $isUp = yes ]]; then cat root.crt; fi
