#!/usr/bin/env bash
# grappe-step: node-ports
# Tries the ports between machines before anything is installed; refuses with every one that is closed, between whom, why and the fix.
set -euo pipefail
eval "$(cat)"
: "${name:?}" "${nodePortsProgram:?}" "${plan:?}"

perl -e "$nodePortsProgram" try "$name" <<< "$plan"
