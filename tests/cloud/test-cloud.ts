import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { z } from "zod";
import { ensureBundle, keepKubeconfig, outputsOf } from "../../lab/bring-up.ts";
import { cloudSettings, openCloudStack } from "../../lab/cloud/stack/cloud-stack.ts";
import { containerEngine } from "../../lab/hardware/container-engine.ts";
import { defaultBundle } from "../../lab/stack/lab-folder.ts";
import type { Configuration } from "../../lab/stack/lab-settings.ts";
import type { LabRunResult, LabStack } from "../../lab/stack/lab-stack.ts";
import { ApiClient } from "../../runtime/kubernetes-api/api-client.ts";
import { isTrue, textAt } from "../../runtime/kubernetes-api/json-path.ts";
import { stateFile } from "../../runtime/state/state-files.ts";
import { timedInto } from "../engine-runs.ts";
import { OpenstackApi } from "./openstack-api.ts";

const bundle = resolve(process.env.GRAPPE_LAB_BUNDLE ?? defaultBundle);
type Change = (configuration: Configuration) => Configuration;

/** The cloud's stack under test. */
export class TestCloud {
  readonly stack: LabStack;
  readonly timed = timedInto(process.env.GRAPPE_CLOUD_SECONDS);
  kubeconfig = "";
  #kept: Change = (same) => same;

  private constructor(stack: LabStack) {
    this.stack = stack;
  }

  /** @param clouds credentials other than the cloud's own */
  static async open(clouds?: string): Promise<TestCloud> {
    const write = (line: string): unknown => process.stdout.write(`${line}\n`);
    await ensureBundle(bundle, write);
    const { stack, providers } = await openCloudStack({ write, clouds });
    write(`providers: ${providers}`);
    const cloud = new TestCloud(stack);
    await cloud.configure();
    return cloud;
  }

  /** Every later configuration has this change, too. */
  keep(change: Change): void {
    const before = this.#kept;
    this.#kept = (configuration) => change(before(configuration));
  }

  /** Writes the stack's settings: the committed ones, with what the tests keep changed, and `change`. */
  async configure(change: Change = (same) => same, secrets?: Readonly<Record<string, string>>): Promise<void> {
    await this.stack.configure(change(this.#kept(await cloudSettings(bundle))), secrets);
  }

  async up(): Promise<LabRunResult> {
    const result = await this.stack.run("up");
    const outputs = outputsOf(result);
    this.kubeconfig = outputs.kubeconfig;
    await keepKubeconfig(this.stack, outputs);
    return result;
  }

  /** Uses the cluster of an earlier run. */
  useKubeconfig(): void {
    this.kubeconfig = readFileSync(this.stack.folder.kubeconfig, "utf8");
  }

  get api(): ApiClient {
    return new ApiClient(this.kubeconfig);
  }

  /** How many resources the state has now, while a run goes on, too. */
  async resourcesInState(): Promise<number> {
    const state = await readFile(stateFile(this.stack.folder.backend, "grappe", "cloud"), "utf8").catch(() => "");
    return state.match(/"urn":\s*"/g)?.length ?? 0;
  }

  /** Names of the nodes, and whether each is Ready. */
  async nodes(): Promise<Record<string, boolean>> {
    const nodes = await this.api.list("v1", "Node", "", "");
    return Object.fromEntries(nodes.map((node) => [textAt(node, "metadata", "name"), isTrue(node, "Ready")]));
  }

  /** Names of the nodes on which pods of a namespace run; those that end already don't count. */
  async nodesOf(namespace: string): Promise<(string | undefined)[]> {
    const pods = await this.api.list("v1", "Pod", namespace, "");
    const staying = pods.filter((pod) => textAt(pod, "metadata", "deletionTimestamp") === undefined);
    return staying.map((pod) => textAt(pod, "spec", "nodeName"));
  }

  /** Names of the nodes that take no work. */
  async unschedulable(): Promise<string[]> {
    const nodes = await this.api.list("v1", "Node", "", "");
    return nodes.map((node) => cordoned.safeParse(node).data?.metadata.name).filter((name) => name !== undefined);
  }
}

const cordoned = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({ unschedulable: z.literal(true) }),
});

/** Runs a script in an instance as root, past SSH: tests must see what is there, not what the program's own way in shows. */
export async function inInstance(name: string, script: string): Promise<string> {
  const { id } = await (await OpenstackApi.asUser()).server(name);
  const engine = await containerEngine();
  const inside = ["podman", "exec", `instance-${id}`, "bash", "-c", script];
  return (await engine.run(["exec", "grappe-cloud", ...inside])).stdout.trim();
}
