#!/usr/bin/env bash
# grappe-step: restore-finish
# The restore is over: the server with the snapshot notes it first and forgets it last, so that a run that is cut off here stops nobody
# again. The data that was there before stays beside etcd's.
set -euo pipefail
eval "$(cat)"
: "${restoreId:?}" "${only?}"
# shellcheck source=../../components/cluster/lib/report.sh
. ../../components/cluster/lib/report.sh
# shellcheck source=lib/restore-state.sh
. ./lib/restore-state.sh

[[ -n $(restore_recorded id) ]] || exit 0
refuse_other_restore "$restoreId"
if [[ $only = note ]]; then restore_record phase over; else rm -rf "$restore_directory"; fi
