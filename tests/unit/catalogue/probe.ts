/**
 * Runs in a copy of the repository to which folders were added, and tells what the rest has made of them; added-folders.test.ts reads
 * that.
 */
import * as pulumi from "@pulumi/pulumi";
import { apps } from "../../../components/apps/apps.ts";
import { cniManifest, cniNames } from "../../../components/cluster/cni/manifests.ts";
import { podNetworkArgs, podNetworkCharts } from "../../../components/cluster/cni-chart.ts";
import { editorSchema } from "../../../components/settings/editor-schema.ts";
import { possibleNodePorts } from "../../../components/settings/node-ports.ts";
import { openPorts } from "../../../components/settings/open-ports.ts";
import { parseSettings } from "../../../components/settings/parse.ts";
import { bundledParts } from "../../../components/settings/parts.ts";
import { unenforcedPolicies } from "../../../components/settings/rules/versions.ts";
import { ruleName } from "../../../components/site/openstack/security-rules.ts";
import { planSite } from "../../../components/site/openstack/site-plan.ts";
import { change, problemsOf, stackConfig, stackFileConfig } from "../settings/stack-files.ts";

const [, , network = "", application = ""] = process.argv;
const dev = stackFileConfig("dev");
const app = { kind: application, token: { generate: "password" }, expose: { by: "nodePort", port: 30123 } };
const added = { "cluster.cni": network, "apps.first": app, "apps.second": { ...app, expose: undefined } };
const settings = parseSettings(stackConfig(change(dev, added)));
if (settings.site.kind !== "openstack") throw new Error("not an OpenStack site");

const problems = (changes: Readonly<Record<string, unknown>>) => problemsOf(stackConfig(change(dev, changes)));

const stack = { ...settings, secrets: { sshPrivateKey: pulumi.secret("") }, applicationSecrets: {} };
const { first, second } = settings.apps;

async function outputs(): Promise<unknown> {
  await pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
  const hosts = settings.hosts.map(({ privateAddress, architecture }) => ({ privateAddress, architecture }));
  // The added application asks for none of what is left out.
  const made = Reflect.apply(apps, undefined, [
    { ...stack, apps: { first, second } },
    { hosts },
    {},
    { ready: [], readyForPods: [] },
    {},
  ]);
  const read = (output: pulumi.Output<unknown>) => new Promise((resolve) => output.apply(resolve));
  return { urls: await read(pulumi.output(made.urls)), logins: Object.keys(made.logins) };
}

const chosen = cniNames.find((name) => name === network);
if (chosen === undefined) throw new Error(`no pod network ${network}`);
const told = {
  schema: JSON.stringify(editorSchema()),
  releases: cniManifest(chosen).chart?.releases(podNetworkArgs(settings, { apiAddress: "10.0.0.5", bundled: false })),
  charts: podNetworkCharts(chosen),
  parts: [...bundledParts(settings)],
  securityRules: planSite(stack, settings.site).rules.map(ruleName),
  triedPorts: possibleNodePorts.flatMap(({ ports = [] }) => ports),
  openPorts: openPorts.filter((port) => port.with === chosen),
  unenforced: unenforcedPolicies(settings.cluster),
  problems: {
    otherDistribution: problemsOf(stackConfig(change(stackFileConfig("pi"), { "cluster.cni": network }))),
    storageClass: problems({ "apps.first": { ...app, storageClass: "elsewhere" } }),
    secret: problems({ "apps.first": { ...app, token: "trackerToken" } }),
    portTwice: problems({ "apps.first": app, "apps.second": app }),
    namespace: problems({ [`apps.${network}-net`]: app }),
    key: problems({ "apps.first": { ...app, stroageClass: "nfs-client" } }),
  },
  outputs: await outputs(),
};
process.stdout.write(JSON.stringify(told));
