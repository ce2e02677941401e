import { apps as deployApps } from "./components/apps/apps.ts";
import { refuseMissingCharts } from "./components/apps/declared/bundled-charts.ts";
import { cluster as kubernetesCluster } from "./components/cluster/kubernetes-cluster.ts";
import { drainedResizing } from "./components/cluster/resizing.ts";
import { artifactSource } from "./components/host/artifacts/artifact-source.ts";
import { prepareHosts } from "./components/host/preparation/preparation.ts";
import { refuseStaleAgent } from "./components/host/ssh-agent.ts";
import { platform as clusterPlatform } from "./components/platform/platform.ts";
import { refuseLastingChanges } from "./components/settings/lasting/refuse-lasting-changes.ts";
import { nodePorts } from "./components/settings/node-ports.ts";
import { bundledParts } from "./components/settings/parts.ts";
import { readSettings } from "./components/settings/read.ts";
import type { Settings } from "./components/settings/settings.ts";
import { siteProxy } from "./components/settings/site-proxy.ts";
import { machinesSite } from "./components/site/machines/machines-site.ts";
import { openstackSite } from "./components/site/openstack/openstack-site.ts";
import type { Site } from "./components/site/site.ts";

/** The story: from settings to the applications' addresses. */
export default async function grappe(): Promise<Record<string, unknown>> {
  const settings = readSettings();
  await refuseStaleAgent(settings.sshAgentSocket);
  const source = await artifactSource(settings.artifacts, bundledParts(settings));
  refuseMissingCharts(settings.apps, source);
  await refuseLastingChanges(settings);

  const site = await prepareSite(settings);
  const cluster = kubernetesCluster(settings, site, {
    source,
    prepare: (needs) =>
      prepareHosts(
        {
          hosts: site.hosts,
          etcdDisk: settings.cluster.etcdDisk,
          needs,
          nodePorts: portsOf(settings, site),
          virtualAddresses: site.virtualAddresses,
          proxy: siteProxy(settings),
        },
        {},
      ),
  });
  const platform = clusterPlatform(settings, site, cluster);
  const apps = deployApps(settings, site, cluster, platform, source);

  return whatIsThere({
    urls: apps.urls,
    // Each by its application's name, such as `odoo`.
    ...apps.logins,
    backups: apps.backups,
    passwords: apps.passwords,
    dashboard: platform.ingress?.dashboard,
    rootCertificate: platform.ingress?.rootCertificate,
    publicAddress: site.publicAddress,
    apiAddress: site.apiPublicAddress ?? site.apiAddress,
    kubeconfig: cluster.kubeconfig,
  });
}

/** Without the outputs that this stack doesn't have, as the engine warns of each. */
function whatIsThere(outputs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== undefined));
}

function portsOf({ cluster, platform }: Settings, { hosts, apiAddressIsVirtual, loadBalancerPool }: Site) {
  const servers = hosts.filter(({ role }) => role === "server").length;
  return nodePorts({ cluster, platform, servers, apiAddressIsVirtual, loadBalancerPool });
}

/** OpenStack or given machines: both return the same shape, and nothing after this asks which one it was. */
async function prepareSite(settings: Settings): Promise<Site> {
  const { site } = settings;
  return site.kind === "openstack"
    ? await openstackSite(settings, { resizing: drainedResizing(settings.cluster) })
    : machinesSite({ ...settings, site });
}
