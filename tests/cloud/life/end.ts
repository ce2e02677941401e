import { expect, test } from "vitest";
import { repository } from "../../../lab/stack/lab-folder.ts";
import { run } from "../../../runtime/subprocess.ts";
import type { StackLife } from "../stack-life.ts";

const destroyCommand = [process.execPath, "command-line/grappe.ts", "cloud", "destroy"] as const;

/** What stops a destroy. */
export function testRefusedDestroy(life: StackLife): void {
  test("a destroy with a foreign port on our network names it, and deletes nothing", async () => {
    const { openstack } = life;
    const port = await openstack.foreignPort("cloud-back");
    const standing = await openstack.everything();
    const destroyed = run(destroyCommand, { cwd: repository });
    await expect(destroyed).rejects.toThrow(port);
    expect(await openstack.everything()).toEqual(standing);
    await openstack.deletePort(port);
  });
}

/** How a stack goes. */
export function testEnd(life: StackLife): void {
  test("a destroy ends with an instance already gone, and leaves nothing", async () => {
    const { cloud, openstack } = life;
    await openstack.deleteServer("cloud-space-1-1");
    await cloud.timed("destroy, one instance already gone", () => cloud.stack.run("destroy"));
    expect(await openstack.everything()).toEqual(life.untouched);
  });
}
