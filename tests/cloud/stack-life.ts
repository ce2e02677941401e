import { OpenstackApi } from "./openstack-api.ts";
import { withEdgeAt, withPool } from "./settings-changes.ts";
import { TestCloud } from "./test-cloud.ts";

/** Nodes of the committed settings, all Ready. */
export const nodes = { "server-1": true, "space-1-1": true, "space-2-1": true };

/** Single tests run on what stands: nothing is destroyed before them. */
const keepsWhatStands = process.env.GRAPPE_CLOUD_KEEP !== undefined;

/** The one stack that all groups of tests go on with, from before it exists to after its end. */
export class StackLife {
  #opened: { readonly cloud: TestCloud; readonly openstack: OpenstackApi } | undefined;
  /** All objects that the project has without the stack. */
  untouched: readonly string[] = [];
  /** How many resources a preview of the whole said there would be. */
  planned: number | undefined;

  async open(): Promise<void> {
    const openstack = await OpenstackApi.asUser();
    const cloud = await TestCloud.open();
    this.#opened = { cloud, openstack };
    if (!keepsWhatStands) {
      await cloud.stack.run("destroy");
      this.untouched = await openstack.everything();
      return;
    }
    cloud.useKubeconfig();
    cloud.keep(withEdgeAt("space_2"));
    cloud.keep(withPool("space-1", { flavor: await openstack.flavorOf("cloud-space-1-1") }));
    await cloud.configure();
    await cloud.stack.run("refresh");
  }

  close(): void {
    this.#opened?.cloud.stack.close();
  }

  get cloud(): TestCloud {
    return this.#both.cloud;
  }

  get openstack(): OpenstackApi {
    return this.#both.openstack;
  }

  get #both() {
    if (this.#opened === undefined) throw new Error("the stack isn't open yet");
    return this.#opened;
  }
}

/** Errors of a failed run, each once. */
export function errorsIn(log: string): string[] {
  return [...new Set(log.match(/error: .*/g) ?? [])];
}
