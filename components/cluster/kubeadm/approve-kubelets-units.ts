import { loadProgram } from "../../host/script.ts";

/** Runs on every server, every minute: who joins is approved at once, by its own step. */
export const approveKubeletsScript = loadProgram(import.meta.url, "./approve-kubelets.sh");

export const approveKubeletsService = `[Unit]
Description=grappe: certificates of kubelets

[Service]
Type=oneshot
Nice=10
Environment=LC_ALL=C.UTF-8
ExecStart=/usr/local/lib/grappe/approve-kubelets
`;

export const approveKubeletsTimer = `[Unit]
Description=grappe: certificates of kubelets, again and again

[Timer]
OnBootSec=30s
OnUnitActiveSec=1min
AccuracySec=10s

[Install]
WantedBy=timers.target
`;
