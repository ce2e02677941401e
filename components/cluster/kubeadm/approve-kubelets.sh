#!/usr/bin/env bash
# Approves kubelets' requests for serving certificates: those of nodes that come to need another one, mostly as theirs is about to
# end. Run by grappe-approve-kubelets.timer on every server; while this one's API doesn't answer, another one's does.
set -euo pipefail
distribution=kubeadm
# shellcheck source=../lib/report.sh
. ../lib/report.sh
# shellcheck source=../lib/kubectl.sh
. ../lib/kubectl.sh
# shellcheck source=../lib/kubelet-certificates.sh
. ../lib/kubelet-certificates.sh

is_server_member || exit 0
approve_kubelets
