import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { vi } from "vitest";
import { type Apps, apps } from "../../../components/apps/apps.ts";
import type { Cluster } from "../../../components/cluster/cluster.ts";
import type { Host } from "../../../components/host/host.ts";
import { HostScripts } from "../../../components/host/toolkit/host-scripts.ts";
import { type Platform, platform } from "../../../components/platform/platform.ts";
import { type ParsedSettings, parseSettings } from "../../../components/settings/parse.ts";
import type { Settings } from "../../../components/settings/settings.ts";
import type { Site } from "../../../components/site/site.ts";
import { letMocksTakeHooks } from "../hooks-under-mocks.ts";
import { type Config, stackConfig } from "../settings/stack-files.ts";

/** A resource as the program registered it. */
export interface Registered {
  readonly name: string;
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly provider: string;
  readonly deletedWith: string;
  readonly dependencies: readonly string[];
  readonly ignoreChanges: readonly string[];
}

export interface Graph {
  readonly resources: readonly Registered[];
  readonly platform: Platform;
  readonly apps: Apps;
}

letMocksTakeHooks();
const register = vi.spyOn(MockMonitor.prototype, "registerResource");
const nameOf = (urn: string) => urn.split("::").at(-1) ?? urn;

/** What takes a resource away with it: its own or, as the engine has it (inheritFromParent), its nearest ancestor's. */
function deletedWith(request: RegisterResourceRequest): string {
  const own = nameOf(request.getDeletedwith());
  const parent = register.mock.calls.map(([one]) => one).find((one) => one.getName() === nameOf(request.getParent()));
  return own !== "" || parent === undefined || parent === request ? own : deletedWith(parent);
}

function registered(request: RegisterResourceRequest): Registered {
  return {
    name: request.getName(),
    type: request.getType(),
    inputs: request.getObject()?.toJavaScript() ?? {},
    provider: request.getProvider(),
    deletedWith: deletedWith(request),
    dependencies: request.getDependenciesList().map(nameOf),
    ignoreChanges: request.getIgnorechangesList(),
  };
}

/** Hosts as a site would give them: the settings' plans, reached somehow. */
function siteOf(settings: ParsedSettings): Site {
  const hosts: Host[] = settings.hosts.map((plan) => {
    const connection = { host: plan.privateAddress, hostKey: "ssh-ed25519 AAAA" };
    return {
      ...plan,
      connection,
      scripts: new HostScripts({ name: plan.name, connection }),
      identity: pulumi.output(`machine ${plan.name}`),
      environment: "hardware",
      reachableAfter: [],
    };
  });
  return {
    hosts,
    loadBalancerPool: ["192.168.1.150-192.168.1.200"],
    loadBalancerSubnet: hosts[0]?.subnet,
    virtualAddresses: [],
    apiAddress: settings.apiAddress,
    apiAddressIsVirtual: true,
  };
}

async function clusterOf(): Promise<Cluster> {
  const kubernetes = await import("@pulumi/kubernetes");
  const random = await import("@pulumi/random");
  const anchor = new random.RandomBytes("anchor", { length: 32 });
  return {
    provider: new kubernetes.Provider("cluster", { kubeconfig: "{}" }),
    kubeconfig: pulumi.secret("{}"),
    memberships: [new random.RandomBytes("membership", { length: 1 })],
    joining: [new random.RandomBytes("admission", { length: 1 })],
    anchor,
    releaseHooks: {},
    version: "1.36.3",
  };
}

/** A value as an engine sends a secret (pulumi.runtime.specialSigKey, specialSecretSig). */
const secret = (value: string) => ({
  [pulumi.runtime.specialSigKey]: pulumi.runtime.specialSecretSig,
  value,
});

const generated: Readonly<Record<string, object>> = {
  "random:index/randomPassword:RandomPassword": {
    result: secret("canary-password"),
    bcryptHash: secret("$2a$10$canary"),
  },
  "command:remote:Command": { stdout: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" },
};

const namespaceType = "kubernetes:core/v1:Namespace";

/** Every object has an identity of its own, by which a namespace's databases are told apart. */
const bornWith = ({ metadata }: { readonly metadata?: object }) => ({
  metadata: { ...metadata, uid: "1f0c9a7e-0000-4000-8000-000000000000" },
});

/** Registers platform and applications of some settings, with providers that return what they get. */
export async function registeredGraph(parsed: ParsedSettings): Promise<Graph> {
  register.mockClear();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => ({
        id: `${name}-id`,
        state: { ...inputs, ...generated[type], ...(type === namespaceType ? bornWith(inputs) : {}) },
      }),
      call: ({ inputs }) => inputs,
    },
    "grappe",
    "test",
    false,
  );
  let made: Omit<Graph, "resources"> | undefined;
  await pulumi.runtime.runInPulumiStack(async () => {
    const { sshPrivateKey, dnsCredentials, backupSecretKey, proxyPassword } = parsed.secrets;
    const given = Object.entries({ dnsCredentials, backupSecretKey, proxyPassword }).flatMap(([name, text]) =>
      text === undefined ? [] : [[name, pulumi.secret(text)] as const],
    );
    const secrets = { ...Object.fromEntries(given), sshPrivateKey: pulumi.secret(sshPrivateKey) };
    const applicationSecrets = Object.fromEntries(
      Object.entries(parsed.applicationSecrets).map(([name, value]) => [name, pulumi.secret(value)]),
    );
    const settings: Settings = { ...parsed, secrets, applicationSecrets };
    const site = siteOf(parsed);
    const cluster = await clusterOf();
    const stands = platform(settings, site, cluster);
    made = { platform: stands, apps: apps(settings, site, cluster, stands, { mirrors: {}, lock: {} }) };
    return {};
  });
  await pulumi.runtime.disconnect(false);
  if (made === undefined) throw new Error("nothing was made");
  return { ...made, resources: register.mock.calls.map(([request]) => registered(request)) };
}

/** The same of a stack file's configuration. */
export const graphOf = (config: Config): Promise<Graph> => registeredGraph(parseSettings(stackConfig(config)));

/** The resource of that name. */
export function resource(graph: Graph, name: string): Registered {
  const found = graph.resources.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no ${name} among ${graph.resources.map((one) => one.name).join(", ")}`);
  return found;
}

/** What an output is in the end. */
export const resolved = <T>(value: pulumi.Input<T>) =>
  new Promise<pulumi.Unwrap<T>>((resolve) => pulumi.output(value).apply(resolve));
