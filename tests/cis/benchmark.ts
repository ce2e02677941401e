/**
 * The automated checks of the CIS Kubernetes Benchmark 1.12, and those of its manual ones that grappe sets something for: written from
 * the benchmark, not from what grappe renders. What they are asked of is a process' options, a file's mode and owner, or the kubelet's
 * configuration.
 */
export type Check = { readonly number: string; readonly role: "server" | "node" } & (
  | { readonly program: string; readonly flag: string; readonly holds: (value: string | undefined) => boolean }
  | { readonly file: string; readonly mode: number }
  | { readonly file: string; readonly owner: string }
  | { readonly kubelet: string; readonly holds: (value: unknown) => boolean }
);

const isSet = (value: string | undefined) => value !== undefined && value !== "";
const isUnset = (value: string | undefined) => value === undefined;
const is = (wanted: string) => (value: string | undefined) => value === wanted;
const atLeast = (least: number) => (value: string | undefined) => Number(value) >= least;
const parts = (value: string | undefined) => (value ?? "").split(",");
const has = (part: string) => (value: string | undefined) => parts(value).includes(part);
const hasNot = (part: string) => (value: string | undefined) => !parts(value).includes(part);
const unsetOr = (wanted: string) => (value: string | undefined) => value === undefined || value === wanted;

/** Allowed to API server and kubelet alike. */
const suites = new Set(
  ["ECDSA", "RSA"].flatMap((key) =>
    ["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305"].map(
      (cipher) => `TLS_ECDHE_${key}_WITH_${cipher}`,
    ),
  ),
);
const areStrong = (list: readonly unknown[]) => list.length > 0 && list.every((each) => suites.has(String(each)));

const option =
  (program: string) =>
  (number: string, flag: string, holds: (value: string | undefined) => boolean): Check => ({
    number,
    role: "server",
    program,
    flag,
    holds,
  });
const api = option("kube-apiserver");
const manager = option("kube-controller-manager");
const scheduler = option("kube-scheduler");
const etcd = option("etcd");

function files(role: Check["role"], file: string, modeOf: string, ownerOf: string, mode: number, owner = "root:root") {
  return [
    { number: modeOf, role, file, mode },
    { number: ownerOf, role, file, owner },
  ] satisfies Check[];
}

const kubernetes = "/etc/kubernetes";

const fileChecks: readonly Check[] = [
  ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"].flatMap((program, index) =>
    files("server", `${kubernetes}/manifests/${program}.yaml`, `1.1.${2 * index + 1}`, `1.1.${2 * index + 2}`, 0o600),
  ),
  ...files("server", "/var/lib/etcd", "1.1.11", "1.1.12", 0o700, "etcd:etcd"),
  ...files("server", `${kubernetes}/admin.conf`, "1.1.13", "1.1.14", 0o600),
  ...files("server", `${kubernetes}/scheduler.conf`, "1.1.15", "1.1.16", 0o600),
  ...files("server", `${kubernetes}/controller-manager.conf`, "1.1.17", "1.1.18", 0o600),
  { number: "1.1.19", role: "server", file: `${kubernetes}/pki`, owner: "root:root" },
  { number: "1.1.19", role: "server", file: `${kubernetes}/pki/ca.key`, owner: "root:root" },
  { number: "1.1.20", role: "server", file: `${kubernetes}/pki/apiserver.crt`, mode: 0o644 },
  { number: "1.1.21", role: "server", file: `${kubernetes}/pki/ca.key`, mode: 0o600 },
  ...files("node", "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf", "4.1.1", "4.1.2", 0o600),
  ...files("node", "/etc/systemd/system/kubelet.service", "4.1.1", "4.1.2", 0o600),
  ...files("node", `${kubernetes}/kubelet.conf`, "4.1.5", "4.1.6", 0o600),
  ...files("node", `${kubernetes}/pki/ca.crt`, "4.1.7", "4.1.8", 0o644),
  ...files("node", "/var/lib/kubelet/config.yaml", "4.1.9", "4.1.10", 0o600),
];

const programChecks: readonly Check[] = [
  api("1.2.2", "token-auth-file", isUnset),
  api("1.2.3", "enable-admission-plugins", has("DenyServiceExternalIPs")),
  api("1.2.4", "kubelet-client-certificate", isSet),
  api("1.2.4", "kubelet-client-key", isSet),
  api("1.2.5", "kubelet-certificate-authority", isSet),
  api("1.2.6", "authorization-mode", hasNot("AlwaysAllow")),
  api("1.2.7", "authorization-mode", has("Node")),
  api("1.2.8", "authorization-mode", has("RBAC")),
  api("1.2.10", "enable-admission-plugins", hasNot("AlwaysAdmit")),
  api("1.2.12", "disable-admission-plugins", hasNot("ServiceAccount")),
  api("1.2.13", "disable-admission-plugins", hasNot("NamespaceLifecycle")),
  api("1.2.14", "enable-admission-plugins", has("NodeRestriction")),
  api("1.2.15", "profiling", is("false")),
  api("1.2.16", "audit-log-path", isSet),
  api("1.2.17", "audit-log-maxage", atLeast(30)),
  api("1.2.18", "audit-log-maxbackup", atLeast(10)),
  api("1.2.19", "audit-log-maxsize", atLeast(100)),
  api("1.2.21", "service-account-lookup", unsetOr("true")),
  api("1.2.22", "service-account-key-file", isSet),
  api("1.2.23", "etcd-certfile", isSet),
  api("1.2.23", "etcd-keyfile", isSet),
  api("1.2.24", "tls-cert-file", isSet),
  api("1.2.24", "tls-private-key-file", isSet),
  api("1.2.25", "client-ca-file", isSet),
  api("1.2.26", "etcd-cafile", isSet),
  api("1.2.27", "encryption-provider-config", isSet),
  api("1.2.29", "tls-cipher-suites", (value) => areStrong(parts(value))),
  api("1.2.30", "service-account-extend-token-expiration", is("false")),
  manager("1.3.1", "terminated-pod-gc-threshold", atLeast(1)),
  manager("1.3.2", "profiling", is("false")),
  manager("1.3.3", "use-service-account-credentials", is("true")),
  manager("1.3.4", "service-account-private-key-file", isSet),
  manager("1.3.5", "root-ca-file", isSet),
  manager("1.3.6", "feature-gates", hasNot("RotateKubeletServerCertificate=false")),
  manager("1.3.7", "bind-address", unsetOr("127.0.0.1")),
  scheduler("1.4.1", "profiling", is("false")),
  scheduler("1.4.2", "bind-address", unsetOr("127.0.0.1")),
  etcd("2.1", "cert-file", isSet),
  etcd("2.1", "key-file", isSet),
  etcd("2.2", "client-cert-auth", is("true")),
  etcd("2.3", "auto-tls", unsetOr("false")),
  etcd("2.4", "peer-cert-file", isSet),
  etcd("2.4", "peer-key-file", isSet),
  etcd("2.5", "peer-client-cert-auth", is("true")),
  etcd("2.6", "peer-auto-tls", unsetOr("false")),
  etcd("2.7", "trusted-ca-file", isSet),
  api("3.2.1", "audit-policy-file", isSet),
];

const kubelet = (number: string, path: string, holds: (value: unknown) => boolean): Check => ({
  number,
  role: "node",
  kubelet: path,
  holds,
});

const kubeletChecks: readonly Check[] = [
  kubelet("4.2.1", "authentication.anonymous.enabled", (value) => value === false),
  kubelet("4.2.2", "authorization.mode", (value) => value !== "AlwaysAllow"),
  kubelet("4.2.3", "authentication.x509.clientCAFile", (value) => typeof value === "string" && value !== ""),
  kubelet("4.2.4", "readOnlyPort", (value) => value === undefined || value === 0),
  kubelet("4.2.5", "streamingConnectionIdleTimeout", (value) => typeof value === "string" && !/^0+\w*$/.test(value)),
  kubelet("4.2.6", "makeIPTablesUtilChains", (value) => value === undefined || value === true),
  kubelet("4.2.9", "serverTLSBootstrap", (value) => value === true),
  kubelet("4.2.10", "rotateCertificates", (value) => value === undefined || value === true),
  kubelet("4.2.12", "tlsCipherSuites", (value) => Array.isArray(value) && areStrong(value)),
  kubelet("4.2.13", "podPidsLimit", (value) => typeof value === "number" && value > 0),
  kubelet("4.2.14", "seccompDefault", (value) => value === true),
  // kube-proxy is a pod: who may reach its port says where it listens.
  {
    number: "4.3.1",
    role: "node",
    program: "kube-proxy",
    flag: "metrics-bind-address",
    holds: unsetOr("127.0.0.1:10249"),
  },
];

export const checks: readonly Check[] = [...fileChecks, ...programChecks, ...kubeletChecks];

/** What a host shows: each program's options, files' modes and owners, the kubelet's configuration. */
export interface Shown {
  readonly programs: Readonly<Record<string, ReadonlyMap<string, string>>>;
  readonly files: Readonly<Record<string, { readonly mode: number; readonly owner: string }>>;
  readonly kubelet: unknown;
}

/** A program's options (pure), by name, without their dashes. */
export function optionsOf(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    words
      .filter((word) => word.startsWith("--"))
      .map((word) => {
        const [name = "", ...value] = word.slice(2).split("=");
        return [name, value.length === 0 ? "true" : value.join("=")];
      }),
  );
}

export function valueAt(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (current, key) => (typeof current === "object" && current !== null ? Reflect.get(current, key) : undefined),
      value,
    );
}

/** Why a check fails on what a host shows (pure); `undefined` where it passes. A program or file that isn't there fails. */
export function failure(check: Check, shown: Shown): string | undefined {
  const { number } = check;
  if ("program" in check) {
    const options = shown.programs[check.program];
    if (options === undefined) return `${number}: ${check.program} doesn't run`;
    const value = options.get(check.flag);
    return check.holds(value) ? undefined : `${number}: ${check.program} --${check.flag} is ${value ?? "not set"}`;
  }
  if ("kubelet" in check) {
    const value = valueAt(shown.kubelet, check.kubelet);
    return check.holds(value) ? undefined : `${number}: kubelet's ${check.kubelet} is ${JSON.stringify(value)}`;
  }
  const found = shown.files[check.file];
  if (found === undefined) return `${number}: ${check.file} isn't there`;
  if ("owner" in check) {
    return found.owner === check.owner ? undefined : `${number}: ${check.file} is ${found.owner}'s`;
  }
  return (found.mode & ~check.mode) === 0 ? undefined : `${number}: ${check.file} is ${found.mode.toString(8)}`;
}

/** The files that the checks look at. */
export const filesLookedAt: readonly string[] = [
  ...new Set(checks.flatMap((check) => ("file" in check ? [check.file] : []))),
];
