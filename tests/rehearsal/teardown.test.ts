import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tearDownStack } from "../../operations/tear-down-stack.ts";
import type { Standing } from "../../rehearsal/run.ts";
import { createPort, deletePort } from "../../rehearsal/world/cloud/networking.ts";
import { leftInWorld } from "../../rehearsal/world/world.ts";
import { serveOpenstack } from "./openstack-http.ts";
import { smallDev } from "./small-dev.ts";
import { rehearseStack } from "./stack.ts";

describe("a teardown with a port of others on our network", () => {
  it("names it and deletes nothing; without it everything goes", async () => {
    const said: string[] = [];
    const life = await rehearseStack(smallDev(), {
      beforeDestroy: async ({ stack, world }: Standing) => {
        const openstack = await serveOpenstack(world.cloud);
        const file = join(stack.workspace.workDir, "clouds.yaml");
        await writeFile(file, openstack.clouds);
        stack.workspace.envVars.OS_CLIENT_CONFIG_FILE = file;
        const tearDown = () =>
          tearDownStack(stack, { confirm: async () => true, write: (text) => said.push(text), remove: false });
        try {
          const networkId = [...world.cloud.networks.values()].find(({ name }) => name === "dev-front")?.id ?? "";
          const request = { networkId, fixedIps: [], securityGroupIds: [], allowedAddresses: [] };
          const theirs = createPort(world.cloud, { ...request, name: "theirs" });
          const before = leftInWorld(world);
          await expect(tearDown()).rejects.toThrow(
            new RegExp(
              `Nothing was destroyed: .*\n  ${theirs.id} "theirs" 3\\.7\\.12\\.\\d+\nFix: openstack port delete`,
            ),
          );
          expect(leftInWorld(world)).toEqual(before);
          expect(said).toEqual([]);
          deletePort(world.cloud, theirs.id);
          await tearDown();
          expect(leftInWorld(world)).toEqual([]);
        } finally {
          openstack.close();
        }
      },
    });
    expect(life.problems).toEqual([]);
    expect(life.phases.at(-1)).toMatchObject({ op: "destroy", delete: 0 });
    expect(said.join("")).toMatch(/dev-front|network-front/);
  });
});
