import type { Host } from "../../host/host.ts";
import { loadProgram } from "../../host/script.ts";
import { connectionEnvironment } from "../node-loss.ts";

/** Runs before k3s on a server that may hold the virtual address. */
export const ownAddressFirst = loadProgram(import.meta.url, "./own-address-first.sh");

export interface K3sUnit {
  readonly role: Host["role"];
  /** The node's own address. */
  readonly address: string;
  /** The API's virtual address, where it may come to lie on the node's interface. */
  readonly virtualAddress?: string | undefined;
}

/** k3s makes its certificates readable for all; its guide wants them for root only (1.1.20). */
const certificatesForRootOnly = `ExecStartPost=-/bin/sh -c 'chmod 600 /var/lib/rancher/k3s/server/tls/*.crt'
`;

/**
 * k3s' unit (pure), as its installer writes it (install.sh, create_systemd_service_file), with its environment file, which tells of the site's proxy: a stop leaves
 * the containers running, so that a restart isn't felt. `notify`: the unit has started when the node has. The installer's agents
 * are `exec`; ours are waited for too, as agents notify systemd themselves (pkg/agent/run.go).
 */
export function renderK3sUnit({ role, address, virtualAddress }: K3sUnit): string {
  const ownFirst =
    virtualAddress === undefined
      ? ""
      : `ExecStartPre=-/usr/local/lib/grappe/own-address-first ${address} ${virtualAddress}\n`;
  return `[Unit]
Description=Lightweight Kubernetes (${role})
Documentation=https://k3s.io
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
ExecStartPre=-/sbin/modprobe br_netfilter
ExecStartPre=-/sbin/modprobe overlay
${connectionEnvironment}
EnvironmentFile=-/etc/systemd/system/%N.service.env
${ownFirst}ExecStart=/usr/local/bin/k3s ${role}
${role === "server" ? certificatesForRootOnly : ""}KillMode=process
Delegate=yes
LimitNOFILE=1048576
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
TimeoutStartSec=0
Restart=always
RestartSec=5s

[Install]
WantedBy=multi-user.target
`;
}
