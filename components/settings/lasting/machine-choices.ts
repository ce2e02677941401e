import type { MachinesSite } from "../schema/machines-site.ts";
import { settingPath } from "../setting-path.ts";
import { hostKeyFingerprint } from "../ssh-key.ts";
import type { LastingChoice, LastingSettings } from "./lasting-choice.ts";
import { podSubnetChoice } from "./pod-subnet-choice.ts";

/**
 * What machines are made nodes with; another machine, with another host key, is another node. What a machine is called, which role
 * and address it has as a node, it says to its preflight itself.
 */
export function machineChoices(site: MachinesSite, settings: LastingSettings): readonly LastingChoice[] {
  return site.hosts.flatMap(({ name, hostKey }, index) => {
    if (hostKey === undefined) return [];
    const path = settingPath("site", ["hosts", index, "podSubnet"]);
    return podSubnetChoice(settings, { host: name, identity: hostKeyFingerprint(hostKey), path });
  });
}
