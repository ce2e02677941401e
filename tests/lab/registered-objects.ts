import { z } from "zod";
import { parseSettings } from "../../components/settings/parse.ts";
import { decodeMap, revealMap, type WireMap } from "../../runtime/provider-protocol/property-value.ts";
import { registeredGraph } from "../unit/platform/registered-graph.ts";
import { change, stackConfig, stackFileConfig } from "../unit/settings/stack-files.ts";

const kubernetesObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string().optional(), namespace: z.string().optional() }),
});

export type KubernetesObject = z.output<typeof kubernetesObject>;

/** The settings of a shop with some applications of its own, which it has beside Odoo. */
export const withApplications = (apps: Readonly<Record<string, unknown>>) =>
  stackConfig(
    change(stackFileConfig("pi"), {
      "platform.ingress": {},
      ...Object.fromEntries(Object.entries(apps).map(([name, app]) => [`apps.${name}`, app])),
    }),
  );

/** The objects that these applications are made of, as the API is sent them; their namespaces aside. */
export async function registeredObjects(apps: Readonly<Record<string, unknown>>): Promise<readonly KubernetesObject[]> {
  const { resources } = await registeredGraph(parseSettings(withApplications(apps)));
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ inputs }) => kubernetesObject.safeParse(revealMap(decodeMap(inputs as WireMap))))
    .flatMap(({ data }) => (data === undefined ? [] : [data]))
    .filter(({ metadata }) => metadata.namespace !== undefined && Object.hasOwn(apps, metadata.namespace))
    .map((object) => {
      const { name, ...metadata } = object.metadata;
      // Pulumi names what has no name.
      return { ...object, metadata: name === undefined ? { ...metadata, name: "x" } : { name, ...metadata } };
    });
}
