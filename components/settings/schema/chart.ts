import { z } from "zod";
import { applicationSecrets } from "./application-secret.ts";
import { webAddress } from "./endpoint.ts";
import { sharedIngress } from "./exposure.ts";
import { dnsLabel, port } from "./primitives.ts";

const chartName = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9_]{0,98}[a-z0-9])?$/,
    "not a chart's name; write it as `helm search repo` shows it, without the repository's, such as grafana",
  );

/** Helm reads an index there; a registry has none. */
const chartRepository = z
  .string()
  .refine(
    (text) => !/^oci:/i.test(text),
    "a registry (oci://), from which charts aren't taken; write the address of a repository that has an index.yaml, or pull the chart with `helm pull` and bring it by a bundle",
  )
  .pipe(webAddress);

/** A version of SemVer (semver.org), with the `v` that some publishers write. */
const exactVersion = z
  .string()
  .regex(
    /^v?(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-(?!0\d+(\.|\+|$))[0-9A-Za-z-]+(\.(?!0\d+(\.|\+|$))[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/,
    "not an exact version, and another chart tomorrow; write all of it, such as 9.4.4",
  );

/** A place in a chart's values. */
const valuePath = z
  .string()
  .regex(
    /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$/,
    "not a place in the values; write the keys that lead to it, with dots between them, such as admin.password",
  );

const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The first of the keys that lead to a place at which something stands that would be written over (pure). */
function taken(values: Readonly<Record<string, unknown>>, place: string): string | undefined {
  let at: unknown = values;
  const passed: string[] = [];
  for (const key of place.split(".")) {
    if (at === undefined) return undefined;
    if (!isPlainObject(at)) return passed.join(".");
    at = at[key];
    passed.push(key);
  }
  return at === undefined ? undefined : place;
}

/** An application of the user's own, by its publisher's Helm chart. */
export const chart = z
  .strictObject({
    kind: z.literal("chart"),
    repository: chartRepository.describe("Address of the chart repository, such as https://charts.example.org."),
    chart: chartName.describe("Name of the chart in it."),
    version: exactVersion.describe("Exact; of the chart, not of what it runs."),
    values: z.record(z.string(), z.unknown()).default({}).describe("As for Helm. Nothing secret."),
    secrets: applicationSecrets(valuePath).describe(
      "Place in the values, such as admin.password, to the name of an encrypted setting, or to { generate: password }.",
    ),
    podSecurity: z
      .enum(["restricted", "baseline", "privileged"])
      .default("baseline")
      .describe("What its pods may at most (Kubernetes' Pod Security Standards)."),
    timeoutSeconds: z.int().min(60).max(7200).default(600).describe("How long its pods and jobs may take to be ready."),
    calls: z.array(dnsLabel).default([]).describe("Applications that it asks, at NAME.NAME.svc."),
    expose: sharedIngress
      .extend({
        service: dnsLabel.describe("The chart's Service that it leads to."),
        port: port.describe("Of that Service."),
      })
      .optional()
      .describe("Default: as the chart's values say. An address of its own or a node port is one of its values."),
  })
  .superRefine(({ values, secrets }, context) => {
    const places = Object.keys(secrets);
    for (const place of places) {
      const other = taken(values, place) ?? places.find((each) => each.startsWith(`${place}.`));
      if (other === undefined) continue;
      const message = `a place at which ${other === place ? "something" : `\`${other}\``} stands in \`values\` or \`secrets\`, too; remove one of them`;
      context.addIssue({ code: "custom", path: ["secrets", place], message });
    }
  });

export type ChartSettings = z.output<typeof chart>;
