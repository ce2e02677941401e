#!/usr/bin/env bash
# Certificates last a year. k3s renews those that have less than 120 days left, and only when it starts
# (pkg/daemons/control/deps/deps.go); with kubeadm we renew at the same age.
set -euo pipefail

renewal_seconds=$((110 * 86400))

certificate_in() { # a certificate, or a kubeconfig
  case $1 in
    *.conf) sed -nE 's/^ *client-certificate-data: //p' "$1" | base64 --decode ;;
    *) cat "$1" ;;
  esac
}

# Those of this machine's that have less than so many seconds left; what isn't there isn't in use. Needs own_certificates.
ending_within() { # seconds
  local file
  while read -r file; do
    if [[ -e $file ]] && ! certificate_in "$file" | openssl x509 -noout -checkend "$1" > /dev/null 2>&1; then echo "$file"; fi
  done < <(own_certificates)
}

certificates_are_due() { [[ -n $(ending_within "$renewal_seconds") ]]; }
