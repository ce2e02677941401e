import { loadProgram } from "../host/script.ts";
import { yaml11 } from "../host/yaml-1-1.ts";

/** Below /var/log, which an administrator can read through a server's kubelet; the whole folder is ours. */
export const auditDirectory = "/var/log/grappe/audit";
/** Where the API server reads what it writes there. */
export const auditPolicyFile = "/etc/grappe/audit-policy.yaml";

/** What the log may take of a server's disk, the file that is being written included, in bytes. */
const boundBytes = 180_000_000;

/** The API server's options. A hundred megabytes of such lines become some six when they are compressed. */
export const auditLogOptions = {
  policy: ["audit-policy-file", auditPolicyFile],
  path: ["audit-log-path", `${auditDirectory}/audit.log`],
  days: ["audit-log-maxage", "30"],
  files: ["audit-log-maxbackup", "10"],
  megabytes: ["audit-log-maxsize", "100"],
  compressed: ["audit-log-compress", "true"],
} as const;

const anyRequest = { level: "Metadata" } as const;
const core = (...resources: readonly string[]) => ({ group: "", resources });
const reads = ["get", "list", "watch"];
const clusterItself = [
  "system:kube-controller-manager",
  "system:kube-scheduler",
  "system:apiserver",
  "system:kube-proxy",
];

/**
 * What is logged (pure): never a body, so that no Secret's content can be in it. Every change, who did it, and from where; of reads
 * those of Secrets and of ways into a pod or a node. Left out is what the cluster says to itself all the time.
 */
export const auditPolicy = yaml11({
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    { level: "None", resources: [{ group: "coordination.k8s.io", resources: ["leases"] }, core("events")] },
    { level: "None", resources: [{ group: "events.k8s.io", resources: ["events"] }] },
    { level: "None", users: clusterItself, verbs: reads },
    { level: "None", userGroups: ["system:nodes", "system:serviceaccounts:kube-system"], verbs: reads },
    { level: "None", userGroups: ["system:nodes"], resources: [core("nodes/status", "pods/status")] },
    {
      level: "None",
      users: clusterItself,
      resources: [core("endpoints"), { group: "discovery.k8s.io", resources: ["endpointslices"] }],
    },
    {
      ...anyRequest,
      resources: [
        core("secrets", "serviceaccounts/token"),
        core("pods/exec", "pods/attach", "pods/portforward", "pods/proxy", "services/proxy", "nodes/proxy"),
      ],
    },
    { level: "None", verbs: reads },
    {
      level: "None",
      resources: [
        // Questions, though they are asked by creating them.
        { group: "authentication.k8s.io", resources: ["tokenreviews", "selfsubjectreviews"] },
        { group: "authorization.k8s.io" },
      ],
    },
    { level: "None", nonResourceURLs: ["*"] },
    anyRequest,
  ],
});

/** Runs on every server: keeps the log within its bound. */
export const auditBoundScript = loadProgram(import.meta.url, "./audit-bound.sh");

export const auditBoundService = `[Unit]
Description=grappe: the audit log stays small

[Service]
Type=oneshot
Environment=LC_ALL=C.UTF-8
ExecStart=/usr/local/lib/grappe/audit-bound ${auditDirectory} ${boundBytes}
`;

export const auditBoundTimer = `[Unit]
Description=grappe: the audit log stays small, looked at again and again

[Timer]
OnBootSec=5min
OnUnitActiveSec=10min
AccuracySec=1min

[Install]
WantedBy=timers.target
`;

/** Values that every server's steps take. */
export const auditLogValues = {
  auditDirectory,
  auditPolicyFile,
  auditPolicy,
  auditBoundScript,
  auditBoundService,
  auditBoundTimer,
} as const;
