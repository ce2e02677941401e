#!/usr/bin/env bash
# On a server, by grappe-acme-store.timer: what Traefik's store of certificates holds, kept in a Secret, from which another pod of Traefik's
# begins on another machine. A store without certificates never takes the place of one that has some.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${namespace:?}" "${secret:?}" "${file:?}"
# shellcheck source=../cluster/lib/report.sh
. ../cluster/lib/report.sh
# shellcheck source=../cluster/lib/kubectl.sh
. ../cluster/lib/kubectl.sh

umask 077
mkdir -p /run/grappe
folder=$(mktemp -d /run/grappe/acme-store.XXXXXX)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

ours() { kube --namespace "$namespace" "$@"; }

certificates_in() { grep -o '"certificate"' "$1" | wc -l; }

await_api 60
pod=$(ours get pods --selector app.kubernetes.io/name=traefik --field-selector status.phase=Running --output 'jsonpath={.items[0].metadata.name}' 2> /dev/null) || pod=''
# None runs, or it starts just now: the next time.
[[ -n $pod ]] || exit 0
ours exec "$pod" --container traefik -- cat "$file" > acme.json 2> /dev/null || exit 0
kept=$(ours get secret "$secret" --ignore-not-found --output 'jsonpath={.data.acme\.json}')
base64 --decode <<< "$kept" > kept.json
if cmp --silent acme.json kept.json; then exit 0; fi
if (($(certificates_in acme.json) == 0)); then exit 0; fi
ours create secret generic "$secret" --from-file=acme.json --dry-run=client --output=json |
  ours apply --server-side --force-conflicts --field-manager=grappe --filename=- > /dev/null
