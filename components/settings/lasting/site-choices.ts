import { settingPath } from "../setting-path.ts";
import { anotherCluster, clusterStands } from "./cluster-choices.ts";
import { type LastingChoice, type LastingSettings, unchangeable } from "./lasting-choice.ts";
import { machineChoices } from "./machine-choices.ts";
import { openstackChoices } from "./openstack-choices.ts";

/** What a site is made with. */
export function siteChoices(settings: LastingSettings): readonly LastingChoice[] {
  const { site, apiAddress } = settings;
  return [
    unchangeable({
      path: settingPath("site", ["kind"]),
      chosen: site.kind,
      standing: clusterStands,
      made: "the stack",
      because: "its cluster lives on those machines, and would end with them",
      otherwise: anotherCluster,
    }),
    unchangeable({
      path: settingPath("site", ["apiAddress"]),
      chosen: apiAddress,
      standing: clusterStands,
      made: "the cluster",
      because: "every node finds the API at that address, and certificates name it",
      otherwise: anotherCluster,
    }),
    ...(site.kind === "machines" ? machineChoices(site, settings) : openstackChoices(site, settings)),
  ];
}
