import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import {
  Asset,
  isPlainMap,
  type Plain,
  type PlainMap,
  type PropertyMap,
  revealMap,
} from "../../provider-protocol/property-value.ts";

const text = z.string().default("");
const flag = z.boolean().default(false);

/** A Release's inputs; `values` and its assets are merged apart. What isn't named here has no effect in Helm's own way. */
const release = z.object({
  name: z.string().min(1),
  namespace: z.string().min(1),
  chart: z.string().min(1),
  version: text,
  repositoryOpts: z
    .object({ repo: text, caFile: text, certFile: text, keyFile: text, username: text, password: text })
    .prefault({}),
  atomic: flag,
  cleanupOnFail: flag,
  createNamespace: flag,
  dependencyUpdate: flag,
  description: text,
  devel: flag,
  disableCRDHooks: flag,
  disableOpenapiValidation: flag,
  disableWebhooks: flag,
  forceUpdate: flag,
  lint: flag,
  maxHistory: z.number().optional(),
  postrender: text,
  renderSubchartNotes: flag,
  resetValues: flag,
  reuseValues: flag,
  skipAwait: flag,
  skipCrds: flag,
  timeout: z.number().default(300),
  verify: flag,
  waitForJobs: flag,
});

export type ReleaseInputs = z.output<typeof release>;

/** What the official provider writes into the inputs where the program says nothing. */
export const releaseDefaults: PropertyMap = {
  allowNullValues: false,
  atomic: false,
  cleanupOnFail: false,
  createNamespace: false,
  dependencyUpdate: false,
  description: "",
  devel: false,
  disableCRDHooks: false,
  disableOpenapiValidation: false,
  disableWebhooks: false,
  forceUpdate: false,
  keyring: "",
  lint: false,
  postrender: "",
  recreatePods: false,
  renderSubchartNotes: false,
  replace: false,
  resetValues: false,
  reuseValues: false,
  skipAwait: false,
  skipCrds: false,
  values: {},
  verify: false,
  version: "",
  waitForJobs: false,
};

export function parseRelease(inputs: PropertyMap): ReleaseInputs {
  const parsed = release.safeParse(revealMap(inputs));
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
  }
  if (parsed.data.repositoryOpts.password !== "") {
    throw new Error(
      "repositoryOpts.password: Helm takes it on its command line only, where every process sees it; use a mirror without a password",
    );
  }
  return parsed.data;
}

function merged(one: PlainMap, other: PlainMap): PlainMap {
  const result: Record<string, Plain> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const present = result[key];
    result[key] = isPlainMap(present) && isPlainMap(value) ? merged(present, value) : value;
  }
  return result;
}

/** The values of all `valueYamlFiles` and of `values`, the later ones over the earlier. */
export function valuesOf(inputs: PropertyMap, root: string): PlainMap {
  const plain = revealMap(inputs);
  const files = Array.isArray(plain.valueYamlFiles) ? plain.valueYamlFiles : [];
  const documents = files.map((file): PlainMap => {
    if (!(file instanceof Asset)) throw new Error("valueYamlFiles: only assets on this computer");
    const { path, text: content } = file.wire;
    const parsed: PlainMap = parse(
      typeof path === "string" ? readFileSync(resolve(root, path), "utf8") : String(content),
    );
    return isPlainMap(parsed) ? parsed : {};
  });
  return [...documents, isPlainMap(plain.values) ? plain.values : {}].reduce(merged, {});
}
