import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lastingChoices, lastingProblems, madeWith } from "../../components/settings/lasting/made-with.ts";
import { parseSettings } from "../../components/settings/parse.ts";
import { SettingsError } from "../../components/settings/problem.ts";
import { type Graph, registeredGraph } from "../unit/platform/registered-graph.ts";
import { laterChanges } from "../unit/settings/later-changes.ts";
import {
  type Changes,
  type Config,
  change,
  everySecret,
  stackConfig,
  stackFileConfig,
} from "../unit/settings/stack-files.ts";
import { whatLivesCannotTake } from "./living-objects.ts";

const parsed = (config: Config) => parseSettings(stackConfig(config, everySecret));

function isRefused(before: Config, after: Config): boolean {
  const made = madeWith(lastingChoices(parsed(before)));
  return lastingProblems(lastingChoices(parsed(after)), made).length > 0;
}

const graphs = new Map<string, Promise<Graph>>();

/** Programs are registered one after the other, and those that several changes begin with once. */
async function graphOf(config: Config): Promise<Graph> {
  const key = JSON.stringify(config);
  const made = graphs.get(key) ?? registeredGraph(parsed(config));
  graphs.set(key, made);
  return await made;
}

async function faults(before: Config, after: Config): Promise<readonly string[]> {
  const was = await graphOf(before);
  return whatLivesCannotTake(was, await graphOf(after));
}

describe("what the settings let become another, the API and Pulumi's provider do, and no volume is made anew", () => {
  const taken = laterChanges.filter(
    ({ setting, before, after }) => /^(platform|apps)\./.test(setting) && !isRefused(before, after),
  );

  it("is tried of most settings", () => expect(taken.length).toBeGreaterThan(80));

  it.each(taken.map((each) => [each.setting, each] as const))("%s", async (_setting, { before, after }) => {
    expect(await faults(before, after)).toEqual([]);
  });
});

const size = fc.constantFrom("10Gi", "10240Mi", "20Gi");
const storageClass = fc.constantFrom(undefined, "local-path", "nfs-client");
const front = "apps.front.volumes./data";

/** Everything that is stored, and what decides where: said, or left to the default. */
const stored = {
  "platform.storage.defaultClass": fc.constantFrom("local-path", "nfs-client"),
  "platform.backup": fc.constantFrom(undefined, { s3: { bucket: "shop", accessKey: "AK" } }),
  "platform.ingress.persistence.size": size,
  "platform.ingress.persistence.storageClass": storageClass,
  "apps.odoo.filestore.size": size,
  "apps.odoo.filestore.storageClass": storageClass,
  "apps.odoo.filestoreAccessMode": fc.constantFrom("ReadWriteOnce", "ReadWriteMany"),
  "apps.odoo.postgres.instances": fc.constantFrom(1, 3),
  "apps.odoo.postgres.size": size,
  "apps.odoo.postgres.storageClass": storageClass,
  [`${front}.size`]: size,
  [`${front}.storageClass`]: storageClass,
  [`${front}.access`]: fc.constantFrom("ReadWriteOnce", "ReadWriteMany"),
};

const keys = Object.keys(stored);

/** Settings, and those with one or two of them as others have it. */
const laterChange = fc
  .tuple(fc.record(stored), fc.record(stored), fc.subarray(keys, { minLength: 1, maxLength: 2 }))
  .map(([before, other, changed]) => ({
    before: configOf(before),
    after: configOf({
      ...before,
      ...Object.fromEntries(Object.entries(other).filter(([key]) => changed.includes(key))),
    }),
  }));

/** Of a stack that has every class. */
function configOf(changes: Changes): Config {
  const app = { kind: "workload", image: "registry.example.org/shop/app:1.2" };
  return change(stackFileConfig("dev"), { "cluster.schedulableServers": true, "apps.front": app, ...changes });
}

function isTaken(config: Config): boolean {
  try {
    parsed(config);
    return true;
  } catch (error) {
    if (error instanceof SettingsError) return false;
    throw error;
  }
}

describe("whatever is stored", () => {
  it.each(["platform.ingress.persistence", "apps.odoo.filestore", "apps.front.volumes./data"])(
    "%s may name the class that is the default one, and name it no more",
    async (volume) => {
      const [byDefault, named] = [undefined, "nfs-client"].map((name) =>
        configOf({ "platform.storage.defaultClass": "nfs-client", [volume]: { size: "10Gi", storageClass: name } }),
      );
      expect(await faults(byDefault ?? {}, named ?? {})).toEqual([]);
      expect(await faults(named ?? {}, byDefault ?? {})).toEqual([]);
    },
  );

  it("becomes nothing that it can't, or the settings refuse it", { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(laterChange, async ({ before, after }) => {
        fc.pre(isTaken(before) && isTaken(after) && JSON.stringify(before) !== JSON.stringify(after));
        fc.pre(!isRefused(before, after));
        expect(await faults(before, after)).toEqual([]);
      }),
      { numRuns: 30, maxSkipsPerRun: 500 },
    );
  });
});
