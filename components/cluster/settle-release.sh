#!/usr/bin/env bash
# grappe-step: settle-release
# On a server, before Helm works on a release: removes records that an interrupted run left, because of which Helm refuses
# to go on («another operation is in progress», «cannot re-use a name»). Only Helm's records go; the release's objects, its
# volumes among them, stay, and Helm takes them over again.
set -euo pipefail
eval "$(cat)"
: "${distribution:?}" "${namespace:?}" "${releaseName:?}" "${statuses:?}"
# shellcheck source=lib/report.sh
. ./lib/report.sh
# shellcheck source=lib/kubectl.sh
. ./lib/kubectl.sh

await_api 180
kube --namespace "$namespace" delete secret --ignore-not-found \
  --selector "owner=helm,name=$releaseName,status in ($statuses)"
