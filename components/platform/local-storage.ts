import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { namespaceOf } from "./in-cluster.ts";
import { platformFlows } from "./network-flows.ts";
import { defaultClassAnnotation } from "./storage-class.ts";

/** Images of this part; the second runs for a moment to make or remove a volume's folder. */
export const localStorageImages = {
  provisioner: "docker.io/rancher/local-path-provisioner:v0.0.37",
  helper: "docker.io/library/busybox:1.37.0",
} as const;

export interface LocalStorageArgs {
  /** Folder of every node under which volumes are folders. */
  readonly path: string;
  readonly isDefault: boolean;
  /** Whether a volume's folder stays when its claim goes. */
  readonly retain: boolean;
  readonly after: readonly pulumi.Resource[];
}

const serviceName = "local-path-provisioner";
const labels = { "app.kubernetes.io/name": serviceName };

/** The provisioner's configuration files (its README, "Configuration"). */
export function provisionerConfiguration(path: string): Record<string, string> {
  const script = (...lines: string[]) => ["#!/bin/sh", "set -eu", ...lines, ""].join("\n");
  // The template is refused if it sets what the provisioner sets itself (util.go): account, volumes, node.
  const helperPod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "helper-pod" },
    spec: {
      priorityClassName: "system-node-critical",
      tolerations: [{ key: "node.kubernetes.io/disk-pressure", operator: "Exists", effect: "NoSchedule" }],
      containers: [{ name: "helper-pod", image: localStorageImages.helper, imagePullPolicy: "IfNotPresent" }],
    },
  };
  return {
    "config.json": JSON.stringify({
      nodePathMap: [{ node: "DEFAULT_PATH_FOR_NON_LISTED_NODES", paths: [path] }],
      // The helper's image may have to be pulled first, on a Pi's line.
      cmdTimeoutSeconds: 300,
    }),
    setup: script('mkdir -m 0777 -p "$VOL_DIR"'),
    teardown: script('rm -rf "$VOL_DIR"'),
    // The file's name ends in yaml; JSON is YAML.
    "helperPod.yaml": JSON.stringify(helperPod),
  };
}

const clusterRules = [
  {
    apiGroups: [""],
    resources: ["nodes", "persistentvolumeclaims", "configmaps", "pods", "pods/log"],
    verbs: ["get", "list", "watch"],
  },
  {
    apiGroups: [""],
    resources: ["persistentvolumes"],
    verbs: ["get", "list", "watch", "create", "patch", "update", "delete"],
  },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "patch"] },
  { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: ["get", "list", "watch"] },
];

const helperPodRules = [
  {
    apiGroups: [""],
    resources: ["pods"],
    verbs: ["get", "list", "watch", "create", "patch", "update", "delete"],
  },
];

const health = { port: "health" as const };

/**
 * How the provisioner is started, with every flag whose default isn't ours (main.go of v0.0.37): its ConfigMap and account, which the
 * helper pods use, would be `local-path-config` and `local-path-provisioner-service-account`; the helper's image another one; and
 * after 15 failures it would give a claim up for good.
 */
export const provisionerCommand: readonly string[] = [
  serviceName,
  "start",
  ...["--config", "/etc/config/config.json"],
  ...["--configmap-name", serviceName],
  ...["--service-account-name", serviceName],
  ...["--helper-image", localStorageImages.helper],
  ...["--provisioning-retry-count", "0"],
  ...["--deletion-retry-count", "0"],
];

const container = {
  name: serviceName,
  image: localStorageImages.provisioner,
  command: [...provisionerCommand],
  ports: [{ name: "health", containerPort: 8080 }],
  env: [
    { name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
    { name: "CONFIG_MOUNT_PATH", value: "/etc/config/" },
    { name: "HEALTH_PORT", value: "8080" },
  ],
  startupProbe: { httpGet: { path: "/health", ...health }, periodSeconds: 2, failureThreshold: 60 },
  livenessProbe: { httpGet: { path: "/health", ...health }, periodSeconds: 10 },
  readinessProbe: { httpGet: { path: "/ready", ...health }, periodSeconds: 5 },
  resources: { requests: { cpu: "10m", memory: "24Mi" }, limits: { memory: "128Mi" } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  },
  volumeMounts: [{ name: "configuration", mountPath: "/etc/config" }],
};

/**
 * Class `local-path`: a volume is a folder of the node on which its pod first ran, by Rancher's local-path-provisioner. It
 * publishes no chart repository, so its objects stand here.
 */
export class LocalStorage extends pulumi.ComponentResource {
  /** Stands once claims are served. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: LocalStorageArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:platform:LocalStorage", name, {}, opts);
    // Its helper pods mount the node's file system.
    const namespace = namespaceOf(
      "local-path-storage",
      "privileged",
      { parent: this, dependsOn: [...args.after] },
      platformFlows["local-path-storage"],
    );
    const account = this.account(name, namespace.metadata.name);
    const provisioner = this.provisioner(name, namespace.metadata.name, args.path, account);
    this.ready = new kubernetes.storage.v1.StorageClass(
      `${name}-class`,
      {
        metadata: {
          name: "local-path",
          annotations: args.isDefault ? { [defaultClassAnnotation]: "true" } : {},
        },
        provisioner: "rancher.io/local-path",
        // A folder belongs to one node: which, the pod's placement decides.
        volumeBindingMode: "WaitForFirstConsumer",
        reclaimPolicy: args.retain ? "Retain" : "Delete",
      },
      // A class can't be changed; the provider itself replaces it for another provisioner or parameter only. Volumes that there are
      // keep what they were made with. Two of one name can't be.
      {
        parent: this,
        dependsOn: provisioner,
        replaceOnChanges: ["reclaimPolicy", "volumeBindingMode"],
        deleteBeforeReplace: true,
      },
    );
    this.registerOutputs();
  }

  private account(name: string, namespace: pulumi.Output<string>): kubernetes.core.v1.ServiceAccount {
    const parent = { parent: this };
    const metadata = { namespace, name: serviceName };
    const account = new kubernetes.core.v1.ServiceAccount(`${name}-account`, { metadata }, parent);
    const subjects = [{ kind: "ServiceAccount", namespace, name: account.metadata.name }];
    const apiGroup = "rbac.authorization.k8s.io";
    const rbac = kubernetes.rbac.v1;
    const role = new rbac.Role(`${name}-role`, { metadata, rules: helperPodRules }, parent);
    const roleRef = { apiGroup, kind: "Role", name: role.metadata.name };
    new rbac.RoleBinding(`${name}-role-binding`, { metadata, roleRef, subjects }, parent);
    const clusterMetadata = { name: serviceName };
    const clusterRole = new rbac.ClusterRole(
      `${name}-cluster-role`,
      { metadata: clusterMetadata, rules: clusterRules },
      parent,
    );
    const clusterRoleRef = { apiGroup, kind: "ClusterRole", name: clusterRole.metadata.name };
    new rbac.ClusterRoleBinding(
      `${name}-cluster-role-binding`,
      { metadata: clusterMetadata, roleRef: clusterRoleRef, subjects },
      parent,
    );
    return account;
  }

  private provisioner(
    name: string,
    namespace: pulumi.Output<string>,
    path: string,
    account: kubernetes.core.v1.ServiceAccount,
  ): pulumi.Resource {
    const parent = { parent: this };
    const configuration = new kubernetes.core.v1.ConfigMap(
      `${name}-configuration`,
      { metadata: { namespace, name: serviceName }, data: provisionerConfiguration(path) },
      parent,
    );
    return new kubernetes.apps.v1.Deployment(
      `${name}-provisioner`,
      {
        metadata: { namespace, name: serviceName, labels },
        spec: {
          replicas: 1,
          // It elects no leader: two at once would both make a volume.
          strategy: { type: "Recreate" },
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              serviceAccountName: account.metadata.name,
              priorityClassName: "system-cluster-critical",
              containers: [container],
              volumes: [{ name: "configuration", configMap: { name: configuration.metadata.name } }],
            },
          },
        },
      },
      parent,
    );
  }
}
