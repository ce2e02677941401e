import type { SettingsFile } from "../../runtime/settings-files/settings-file.ts";
import { settingsOf, withPools, withRoom } from "./stack.ts";

/** Of `dev` a bastion, a server and an agent, and nothing on them: what shows OpenStack's own ways. */
export function smallDev(): SettingsFile {
  const pools = withPools(settingsOf("dev"), ([first = {}]) => [first]);
  const site = withRoom(pools, "site", ({ openPorts: _ports, loadBalancerPool: _pool, ...rest }) => ({
    ...rest,
    floatingIps: { api: true },
  }));
  const bare = withRoom(site, "platform", () => ({ loadBalancer: "none" }));
  return withRoom(bare, "apps", () => ({}));
}
