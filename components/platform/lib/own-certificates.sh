#!/usr/bin/env bash
# Certificates of ours in Secrets of $namespace, made in a folder in memory that only root can read, and that goes with
# this shell. Needs report.sh, kubectl.sh.
set -euo pipefail
: "${namespace:?}"

umask 077
mkdir -p /run/grappe
folder=$(mktemp -d /run/grappe/certificates.XXXXXX)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

ours() { kube --namespace "$namespace" "$@"; }

require_openssl() { command -v openssl > /dev/null || fail "openssl is missing. Fix: apt-get install openssl."; }

# What it prints begins a configuration of openssl's: of the machine's own nothing counts.
subject() { # common name
  printf '[req]\ndistinguished_name = name\nprompt = no\n[name]\nCN = %s\n' "$1"
}

# Seconds of the epoch: a certificate's first or its last moment.
moment() { # file, start or end
  date --date "$(openssl x509 -in "$1" -noout "-${2}date" | cut -d = -f 2)" +%s
}

# Whether a certificate isn't yet in the last third of its life.
is_young() { # file
  local start end
  start=$(moment "$1" start) end=$(moment "$1" end)
  ((end - $(date +%s) >= (end - start) / 3))
}

# Writes a certificate and its key, in place of what the Secret had.
# shellcheck disable=SC2034 # until_success reads it.
kept() { # Secret, certificate, key
  answer=$(ours create secret tls "$1" --cert="$2" --key="$3" --dry-run=client --output=json |
    ours apply --server-side --force-conflicts --field-manager=grappe --filename=- 2>&1)
}
