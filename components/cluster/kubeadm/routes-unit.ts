import { loadProgram } from "../../host/script.ts";

/** Runs on the node: at boot, every minute, and when its routes change. */
export const routesScript = loadProgram(import.meta.url, "./pod-routes.sh");

export const routesService = `[Unit]
Description=grappe: routes to the other nodes' pods
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
Environment=LC_ALL=C.UTF-8
EnvironmentFile=/etc/grappe/pod-routes.env
ExecStart=/usr/local/lib/grappe/pod-routes
`;

export const routesTimer = `[Unit]
Description=grappe: routes to the other nodes' pods, again and again

[Timer]
OnBootSec=1s
OnUnitActiveSec=1min
AccuracySec=5s

[Install]
WantedBy=timers.target
`;
