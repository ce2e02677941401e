import { connectionEnvironment } from "../node-loss.ts";

/** The kubelet's unit, as Kubernetes' own packages have it. */
export const kubeletUnit = `[Unit]
Description=kubelet: the Kubernetes node agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target containerd.service

[Service]
ExecStart=/usr/local/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=2

[Install]
WantedBy=multi-user.target
`;

/** Where the kubelet finds what of its configuration is the machine's own. */
export const kubeletDropInDirectory = "/etc/grappe/kubelet.conf.d";
export const reservedMemoryFile = `${kubeletDropInDirectory}/10-reserved-memory.conf`;

/**
 * Tells the kubelet where kubeadm writes its configuration, which it leaves readable for all. Until then it has nothing to run with,
 * and isn't started.
 */
export const kubeletDropIn = `[Unit]
ConditionPathExists=/var/lib/kubelet/config.yaml

[Service]
ExecStartPre=-/bin/chmod 600 /var/lib/kubelet/config.yaml
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml --config-dir=${kubeletDropInDirectory}"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
${connectionEnvironment}
ExecStart=
ExecStart=/usr/local/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS
`;
