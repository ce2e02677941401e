import { resolve } from "node:path";
import type { PartName } from "../../components/settings/part-names.ts";
import { configure, ensureBundle, keepKubeconfig, labSettings, outputsOf } from "../../lab/bring-up.ts";
import { defaultNetworks, serviceAddresses } from "../../lab/hardware/addresses.ts";
import type { OwnKernels } from "../../lab/hardware/create-host.ts";
import { createHosts, type Lab, listHosts, removeHosts } from "../../lab/hardware/hosts.ts";
import { defaultBundle, removeLabFolder } from "../../lab/stack/lab-folder.ts";
import type { Configuration, LabSize } from "../../lab/stack/lab-settings.ts";
import { hostNames, partsOf } from "../../lab/stack/lab-settings.ts";
import { type LabRunResult, LabStack } from "../../lab/stack/lab-stack.ts";
import { ApiClient } from "../../runtime/kubernetes-api/api-client.ts";
import { timedInto } from "../engine-runs.ts";

const bundle = resolve(process.env.GRAPPE_LAB_BUNDLE ?? defaultBundle);

/** What a lab of the tests has beside hosts in containers, Kubernetes and the small applications. */
export interface TestLabOptions {
  /** Hosts with a kernel of their own, and their memory in MiB. */
  readonly ownKernel?: OwnKernels;
  /** Parts of the platform that the settings get to want later; the bundle has them from the start. */
  readonly parts?: readonly PartName[];
  /** All that `npm run lab` brings up on as many hosts. */
  readonly whole?: LabSize;
}

/** A lab of the tests' own: its hosts, its stack, and the seconds that each step took. */
export class TestLab {
  readonly name: string;
  readonly stack: LabStack;
  readonly lines: string[];
  /** Hosts with a kernel of their own, and their memory in MiB. */
  readonly ownKernel: OwnKernels;
  readonly timed = timedInto(process.env.GRAPPE_LAB_SECONDS);
  readonly #isSmall: boolean;
  kubeconfig = "";

  private constructor(name: string, stack: LabStack, lines: string[], { ownKernel = {}, whole }: TestLabOptions) {
    this.#isSmall = whole === undefined;
    this.name = name;
    this.ownKernel = ownKernel;
    this.stack = stack;
    this.lines = lines;
  }

  static async open(name: string, options: TestLabOptions = {}): Promise<TestLab> {
    await removeHosts(name);
    await removeLabFolder(name);
    const lines: string[] = [];
    const write = (line: string): void => {
      lines.push(line);
      process.stdout.write(`${line}\n`);
    };
    const { whole, parts = [] } = options;
    const ofSettings = whole === undefined ? [] : partsOf(await labSettings({ small: false, size: whole }));
    await ensureBundle(bundle, write, [...ofSettings, ...parts]);
    return new TestLab(name, await LabStack.open(name, { choice: undefined, write }), lines, options);
  }

  async hosts(names: readonly string[]): Promise<Lab> {
    const authorizedKey = this.stack.folder.sshKey.publicKey;
    return await createHosts({ lab: this.name, hosts: names, authorizedKey, ownKernel: this.ownKernel });
  }

  /** Makes the hosts and writes the settings for them, changed by `change`; encrypted ones stay until they are given again. */
  async configure(
    size: LabSize,
    change?: (configuration: Configuration) => Configuration,
    secrets?: Readonly<Record<string, string>>,
  ): Promise<void> {
    const lab = await this.hosts(hostNames(size));
    await configure(this.stack, lab, {
      lab: this.name,
      size,
      bundle,
      small: this.#isSmall,
      write: () => undefined,
      change,
      secrets,
    });
  }

  async up(): Promise<LabRunResult> {
    const result = await this.stack.run("up");
    const outputs = outputsOf(result);
    this.kubeconfig = outputs.kubeconfig;
    await keepKubeconfig(this.stack, outputs);
    return result;
  }

  get api(): ApiClient {
    return new ApiClient(this.kubeconfig);
  }

  /** The API's one address among several servers. */
  get apiAddress(): string {
    return serviceAddresses(defaultNetworks(this.name)).api;
  }

  async clusterAddress(host: string): Promise<string> {
    const found = (await listHosts(this.name)).find(({ name }) => name === host);
    if (found === undefined) throw new Error(`no host ${host}`);
    return found.clusterAddress;
  }

  async close(): Promise<void> {
    this.stack.close();
    await removeHosts(this.name);
    await removeLabFolder(this.name);
  }
}
