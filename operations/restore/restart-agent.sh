#!/usr/bin/env bash
# grappe-step: restore-agent
# On an agent, once etcd is restored: its kubelet starts anew, so that it registers where the snapshot is older than the node, and believes
# nothing that it saw after it. Its pods run on.
set -euo pipefail
cat > /dev/null
systemctl try-restart kubelet.service k3s-agent.service
