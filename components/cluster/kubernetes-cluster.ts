import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { answerOf } from "../host/answer.ts";
import type { ArtifactSource } from "../host/artifacts/artifact-source.ts";
import { installArtifacts } from "../host/artifacts/install-artifacts.ts";
import type { Host } from "../host/host.ts";
import type { HostNeeds, PreparedHost } from "../host/preparation/preparation.ts";
import { loadScript } from "../host/script.ts";
import { runOnHost } from "../host/step.ts";
import type { Settings } from "../settings/settings.ts";
import { siteProxy } from "../settings/site-proxy.ts";
import type { Site } from "../site/site.ts";
import { refuseStranger } from "./api-certificate.ts";
import { bootstrapCluster } from "./bootstrap.ts";
import { requireBundleContents } from "./bundle-contents.ts";
import { certificateMonth } from "./certificate-month.ts";
import type { Cluster } from "./cluster.ts";
import { type BootstrapToken, bootstrapToken, certificateKey } from "./cluster-secret.ts";
import { isChart } from "./cni/manifests.ts";
import { cniChart, podNetworkCharts } from "./cni-chart.ts";
import type { Distribution } from "./distribution.ts";
import { ownObjects } from "./field-manager.ts";
import { k3s } from "./k3s/k3s.ts";
import { kubeadm, tokenPurpose } from "./kubeadm/kubeadm.ts";
import { kubeconfigText, pointKubeconfigAt } from "./kubeconfig.ts";
import { machineLabelValue } from "./machine-label.ts";
import { nodeMembership } from "./node-membership.ts";
import { releaseHooks } from "./release-hooks.ts";

const admissionScript = loadScript(import.meta.url, "./admission.sh");
const kubeconfigScript = loadScript(import.meta.url, "./kubeconfig.sh");

/** Successes of `/readyz` in a row after which the API counts as there. */
const readySuccesses = 5;

export interface KubernetesClusterArgs {
  readonly source: ArtifactSource;
  /** The site's hosts, prepared for what `clusterNeeds` says. */
  readonly prepare: (needs: (host: Host) => HostNeeds) => readonly PreparedHost[];
}

/** What the steps about one cluster share. */
interface Making {
  readonly settings: Settings;
  readonly site: Site;
  readonly distribution: Distribution;
  readonly source: ArtifactSource;
  readonly secret: random.RandomPassword;
  readonly opts: pulumi.CustomResourceOptions;
}

/**
 * Kubernetes on the site's hosts, by k3s or kubeadm; both return the same shape. Servers join one after another, agents all at
 * once after them; what a machine needs before it joins is done on all machines at once.
 *
 * @throws `BundleError` with all that the bundle lacks
 */
export function cluster(settings: Settings, site: Site, args: KubernetesClusterArgs): Cluster {
  const parent = new pulumi.ComponentResource("grappe:cluster:Cluster", "cluster");
  const opts = { parent };
  // 32 bytes in hexadecimal. A RandomBytes would show them: its id, which no state encrypts, is the value itself.
  const secret = new random.RandomPassword(
    "cluster-secret",
    { length: 64, upper: false, lower: false, overrideSpecial: "abcdef" },
    opts,
  );
  const distribution = chooseDistribution(settings, site, args.source, secret);
  const making: Making = { settings, site, distribution, source: args.source, secret, opts };

  if (args.source.bundle !== undefined) {
    const contents = site.hosts.map((host) => ({
      architecture: host.architecture,
      requests: distribution.artifacts(host),
    }));
    const charts = isChart(settings.cluster) ? podNetworkCharts(settings.cluster.cni) : [];
    requireBundleContents(args.source.bundle, contents, charts);
  }
  const { first, last, memberships, joining } = joinHosts(
    making,
    allReadyToJoin(making, args.prepare(distribution.needs)),
  );
  const kubeconfig = readKubeconfig(making, first, last);
  ownObjects();
  const provider = new kubernetes.Provider(
    "kubernetes",
    {
      kubeconfig,
      clusterIdentifier: `grappe-${settings.stack}`,
      enableServerSideApply: true,
      // Our objects have fixed names: one that a killed run made, and the state lacks, is taken over (ownObjects).
      upsertExistingObjects: true,
    },
    opts,
  );
  const hooks = releaseHooks(distribution.name, first);
  const { apiAddress } = site;
  cniChart(settings, { source: args.source, provider, anchor: secret, apiAddress, hooks }, opts);
  const { version } = settings.cluster;
  return { provider, kubeconfig, memberships, joining, anchor: secret, releaseHooks: hooks, version };
}

function chooseDistribution(
  settings: Settings,
  site: Site,
  source: ArtifactSource,
  secret: random.RandomPassword,
): Distribution {
  const make = settings.cluster.distribution === "k3s" ? k3s : kubeadm;
  return make({
    clusterName: `grappe-${settings.stack}`,
    settings: settings.cluster,
    source,
    hosts: site.hosts,
    apiAddress: site.apiAddress,
    apiAddressIsVirtual: site.apiAddressIsVirtual,
    certificateNames: pulumi
      .output(site.apiPublicAddress)
      .apply((address) => [...settings.cluster.apiServerNames, ...(address === undefined ? [] : [address])]),
    certificateMonth: certificateMonth(new Date()),
    secret: pulumi.secret(secret.result),
    etcdS3SecretKey: settings.secrets.etcdS3SecretKey,
    registries: settings.artifacts.registries,
    registryPasswords: settings.secrets.registryPasswords,
    proxy: siteProxy(settings),
  });
}

/**
 * Makes all machines ready to join, at the same time; but the first server gets its files from this computer before the others
 * do: they wait for the cluster, and it is made meanwhile.
 */
function allReadyToJoin(making: Making, prepared: readonly PreparedHost[]): Map<string, readonly pulumi.Resource[]> {
  const ready = new Map<string, readonly pulumi.Resource[]>();
  const isServer = ({ host }: PreparedHost) => host.role === "server";
  const [first, ...otherServers] = prepared.filter(isServer);
  if (first === undefined) return ready;
  const ahead = readyToJoin(making, first, []);
  ready.set(first.host.name, ahead.steps);
  for (const other of [...otherServers, ...prepared.filter((one) => !isServer(one))]) {
    ready.set(other.host.name, readyToJoin(making, other, [ahead.artifacts]).steps);
  }
  return ready;
}

/** All that can be done on a machine before there is a cluster. */
function readyToJoin(making: Making, { host, prepared }: PreparedHost, copyAfter: readonly pulumi.Resource[]) {
  const { distribution, source, opts } = making;
  const artifacts = installArtifacts(
    `${host.name}-artifacts`,
    { host, artifacts: distribution.artifacts(host), source, copyAfter },
    { ...opts, dependsOn: [prepared] },
  );
  const steps = Object.entries(distribution.beforeJoin(host)).map(([suffix, step]) =>
    runOnHost(`${host.name}-${suffix}`, { host, ...step, deadlineSeconds: 300 }, { ...opts, dependsOn: [artifacts] }),
  );
  return { artifacts, steps: [artifacts, ...steps] };
}

/** Makes the cluster on the first server, then takes in the servers one after another and, after them, the agents. */
function joinHosts(making: Making, ready: ReadonlyMap<string, readonly pulumi.Resource[]>) {
  const { site, distribution, opts } = making;
  const readyOf = (host: Host) => ready.get(host.name) ?? [];
  const [first, ...others] = site.hosts.filter(({ role }) => role === "server");
  if (first === undefined) throw new pulumi.RunError("The site has no server. Fix: give one host the role `server`.");

  const bootstrap = bootstrapCluster(first, distribution.bootstrap(first), { ...opts, dependsOn: [...readyOf(first)] });
  const join = (host: Host, via: Host, after: readonly pulumi.Resource[]) => {
    const joined = joinNode(making, { host, via, caFingerprint: bootstrap.caFingerprint, ready: readyOf(host), after });
    site.onJoined?.(host.name, joined.membership);
    return joined;
  };

  const servers: JoinedNode[] = [];
  let last: pulumi.Resource = bootstrap.step;
  for (const host of [first, ...others]) {
    // The first server's own machine may be the one that is replaced: another one speaks for it.
    const joined = join(host, host === first ? (others[0] ?? first) : first, [last]);
    servers.push(joined);
    last = joined.node;
  }
  const agents = site.hosts.filter(({ role }) => role === "agent").map((host) => join(host, first, [last]));
  return {
    first,
    last,
    memberships: [...servers, ...agents].map(({ membership }) => membership),
    joining: [...servers.map(({ membership }) => membership), ...agents.flatMap(({ readyToJoin: steps }) => steps)],
  };
}

interface JoinArgs {
  readonly host: Host;
  readonly via: Host;
  readonly caFingerprint: pulumi.Output<string>;
  readonly ready: readonly pulumi.Resource[];
  readonly after: readonly pulumi.Resource[];
}

interface JoinedNode {
  /** What was done before the machine joins: it does so within seconds. */
  readonly readyToJoin: readonly pulumi.Resource[];
  /** The step on the machine itself; of a server it ends when it is Ready and a voter. */
  readonly node: pulumi.Resource;
  readonly membership: pulumi.Resource;
}

/** On another server, before a machine joins: forgets a former machine of its name, and leaves what it joins with. */
function admit(
  { distribution, secret, opts }: Making,
  { host, via, after }: JoinArgs,
  token: pulumi.Output<BootstrapToken>,
): pulumi.Resource {
  return runOnHost(
    `${host.name}-admission`,
    {
      // Nothing on the other server needs to be undone, so nothing hangs on its machine.
      host: { ...via, identity: host.identity, machine: undefined },
      script: admissionScript,
      values: {
        distribution: distribution.name,
        role: host.role,
        nodeName: host.name,
        nodeAddress: host.privateAddress,
        machine: host.identity.apply(machineLabelValue),
        viaAddress: via.privateAddress,
      },
      secrets: {
        bootstrapToken: token.apply(({ id, secret: rest }) => `${id}.${rest}`),
        certificateKey: pulumi.secret(secret.result).apply(certificateKey),
      },
      deadlineSeconds: 400,
      speaksForAnother: true,
    },
    { ...opts, dependsOn: [...after] },
  );
}

/** Takes a machine into the cluster: admitted on a server, joined on itself, its membership kept on a server again. */
function joinNode(making: Making, args: JoinArgs): JoinedNode {
  const { settings, distribution, secret, opts } = making;
  const { host, via, caFingerprint } = args;
  const token = pulumi
    .all([secret.result, host.identity])
    .apply(([hex, identity]) => bootstrapToken(hex, tokenPurpose(host.name, identity)));
  const admission = admit(making, args, token);
  const step =
    host.role === "server" ? distribution.server(host, caFingerprint) : distribution.agent(host, caFingerprint);
  const before = [...args.ready, admission];
  const node = runOnHost(
    `${host.name}-${host.role}`,
    { host, ...step, detached: true, deadlineSeconds: host.role === "server" ? 7200 : 900 },
    { ...opts, dependsOn: before },
  );
  const bootstrapTokenId = token.apply(({ id }) => id);
  const membership = nodeMembership(
    `${host.name}-membership`,
    { host, via, distribution, settings: settings.cluster, bootstrapTokenId, anchor: secret },
    { ...opts, dependsOn: [node] },
  );
  return { readyToJoin: before, node, membership };
}

/**
 * Reads the administrator's kubeconfig once the API answers steadily at its stable address, to the servers and to this computer:
 * who answers here must be the cluster. Secret.
 */
function readKubeconfig(making: Making, server: Host, after: pulumi.Resource): pulumi.Output<string> {
  const { site, distribution, opts } = making;
  const step = runOnHost(
    "kubeconfig",
    {
      host: server,
      script: kubeconfigScript,
      values: {
        distribution: distribution.name,
        apiAddress: site.apiAddress,
        successes: String(readySuccesses),
        // What makes it be read anew: it is another one after a renewal, which comes with an upgrade or with its age.
        version: making.settings.cluster.version,
        certificateMonth: distribution.certificateMonth(server),
      },
      deadlineSeconds: 180,
      answer: { pattern: /^apiVersion: v1/, secret: true },
    },
    { ...opts, dependsOn: [after] },
  );
  const answer = answerOf(step, { host: server.name, step: "kubeconfig" }, kubeconfigText, true);
  return pulumi.secret(
    pulumi.all([answer, site.apiPublicAddress ?? site.apiAddress]).apply(async ([text, address]) => {
      const kubeconfig = pointKubeconfigAt(text, address);
      await refuseStranger(kubeconfig);
      return kubeconfig;
    }),
  );
}
