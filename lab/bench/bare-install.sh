#!/usr/bin/env bash
# On each host of the floor, when its files are there: programs, the runtime, the pod network, images. On the first server
# those that the cluster isn't made of come later, beside its making.
set -euo pipefail
mkdir -p /opt/cni/bin /run/grappe /var/lib/bare/later
if [[ -e /var/lib/bare/init.sh ]]; then
  touch /run/grappe/bootstrapping
  for archive in /var/lib/bare/images/*.tar; do
    if [[ $archive != */registry.k8s.io_* ]]; then mv "$archive" /var/lib/bare/later; fi
  done
fi
for program in /var/lib/bare/programs/*.zst; do
  zstd --decompress --quiet --force -o "/usr/local/bin/$(basename "$program" .zst)" "$program"
done
chmod 0755 /usr/local/bin/kube*
systemctl daemon-reload
systemctl restart containerd.service
systemctl enable --quiet kubelet.service
systemctl start grappe-pod-routes.service
if grep -q vrrp_instance /etc/keepalived/keepalived.conf 2> /dev/null; then systemctl restart keepalived.service; fi
until ctr version > /dev/null 2>&1; do sleep 0.1; done
importing=()
for archive in /var/lib/bare/images/*.tar; do
  ctr --namespace k8s.io images import "$archive" > /dev/null &
  importing+=($!)
done
tar --extract --gzip --file /var/lib/bare/cni-plugins.tgz --directory /opt/cni/bin
for pid in "${importing[@]}"; do wait "$pid"; done
