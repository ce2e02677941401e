import { z } from "zod";
import { applicationSecrets, variableName } from "./application-secret.ts";
import { containerPath } from "./container-path.ts";
import { declaredExposure } from "./exposure.ts";
import { exactImage } from "./image-reference.ts";
import { mountFaults } from "./mounts.ts";
import { nodeSelector } from "./node.ts";
import { dnsLabel, port, quantity } from "./primitives.ts";

/** What a process is given: C's strings end with a NUL. */
const parameter = z.string().refine((text) => !text.includes("\0"), "a text with a NUL in it, which no process gets");

/** A variable's value; numbers and booleans as YAML writes them. */
const variable = z.union([parameter, z.number(), z.boolean()]).transform(String);

const volumeSettings = z.strictObject({
  size: quantity,
  storageClass: z.string().optional().describe("Default: the default class."),
  access: z
    .enum(["ReadWriteOnce", "ReadWriteMany"])
    .default("ReadWriteOnce")
    .describe("ReadWriteMany: pods on several nodes use it at once, as nfs-client can."),
});

/** `20Gi`, or that with more said about it. */
const volume = z
  .union([volumeSettings, quantity])
  .transform((written) => (typeof written === "string" ? volumeSettings.parse({ size: written }) : written))
  .describe("Its size, such as 20Gi, or { size, storageClass, access }.");

const cpu = z
  .string()
  .regex(/^([1-9]\d{0,5}m|[1-9]\d{0,2})$/, "not an amount of CPU; write thousandths or whole cores, such as 250m or 2");

/** An id as Kubernetes takes it (apimachinery, util/validation, IsValidUserID and IsValidGroupID). */
const userId = z.int().min(0).max(2_147_483_647);

const furtherPort = z
  .strictObject({ port, protocol: z.enum(["TCP", "UDP"]).default("TCP") })
  .describe("A further port that it listens on.");

/** apimachinery, util/validation, IsValidPortName. */
const portName = z
  .string()
  .regex(
    /^(?=.{1,15}$)[a-z](-?[a-z0-9])*$/,
    "not a port's name; write up to 15 lower-case letters, digits and single hyphens",
  )
  .refine((name) => name !== "http", "the name of the first port; choose another one");

/** Further ports that are another one's of the container or of its Service, and whose. */
function repeatedPorts({ port, servicePort, ports }: Ports): readonly (readonly [name: string, earlier: string])[] {
  const taken = new Map<string, string>();
  if (servicePort !== undefined) taken.set(`${servicePort}/TCP`, "servicePort");
  if (port !== undefined) taken.set(`${port}/TCP`, "port");
  return Object.entries(ports).flatMap(([name, further]) => {
    const key = `${further.port}/${further.protocol}`;
    const earlier = taken.get(key);
    taken.set(key, name);
    return earlier === undefined ? [] : [[name, earlier] as const];
  });
}

interface Ports {
  readonly port?: number | undefined;
  readonly servicePort?: number | undefined;
  readonly ports: Readonly<Record<string, { readonly port: number; readonly protocol: string }>>;
}

/** An application of the user's own, from any image. */
export const workload = z
  .strictObject({
    kind: z.literal("workload"),
    image: exactImage.describe("Such as docker.io/jenkins/jenkins:2.541-lts, or by digest."),
    command: z.array(parameter.min(1)).min(1).optional().describe("In place of the image's own entry point."),
    args: z.array(parameter).min(1).optional().describe("In place of the image's own arguments."),
    environment: z.record(variableName, variable).default({}).describe("Variable to its value. Nothing secret."),
    secrets: applicationSecrets(variableName).describe(
      "Variable to the name of an encrypted setting, which `pulumi config set --secret grappe:NAME` makes, or to { generate: password }.",
    ),
    files: z
      .record(containerPath, z.string())
      .default({})
      .describe("Path in the container to what the file holds; it can't be written there. Nothing secret."),
    volumes: z
      .record(containerPath, volume)
      .default({})
      .describe("Path in the container to a volume that outlives the pods."),
    temporaryFolders: z
      .array(containerPath)
      .default([])
      .describe("Folders that begin empty with every pod, such as /tmp beside `readOnlyRootFilesystem`."),
    port: port
      .optional()
      .describe("That it serves on; HTTP, where it is exposed. Default: none, as of what only works off a queue."),
    servicePort: port.optional().describe("At which its Service answers for `port`, such as 80. Default: the same."),
    ports: z.record(portName, furtherPort).default({}).describe("Further ports, by name; reached in the cluster only."),
    health: z
      .string()
      .regex(/^\/[!-~]*$/, "not a path; write one that begins with a slash, such as /healthz")
      .optional()
      .describe("Path at `port` that answers 200 to 399 while it can serve. Default: that the port is open."),
    startSeconds: z
      .int()
      .min(10)
      .max(540)
      .default(300)
      .describe("How long it may take until it serves, before it is started anew."),
    resources: z
      .strictObject({
        cpu: cpu.default("50m").describe("Asked for; an idle core is used beyond that."),
        memory: quantity.default("256Mi").describe("Asked for and limit at once."),
      })
      .prefault({}),
    user: userId
      .default(1000)
      .describe("Id that it runs as, and the group that its volumes belong to. 0: as root, knowingly."),
    readOnlyRootFilesystem: z.boolean().default(false).describe("Writes only to volumes and temporary folders."),
    replicas: z.int().min(1).max(50).default(1),
    placement: nodeSelector.default({}).describe("Node labels that its pods must find. A change moves it."),
    calls: z
      .array(dnsLabel)
      .default([])
      .describe(
        "Applications that it asks, at NAME.NAME.svc. A workload lets in who names it here, and what it is exposed to.",
      ),
    expose: declaredExposure.optional().describe("Default: reached in the cluster only, at NAME.NAME.svc."),
  })
  .superRefine(({ port, servicePort, health, expose, ports, ...rest }, context) => {
    const refuse = (path: PropertyKey[], message: string) => context.addIssue({ code: "custom", path, message });
    if (port === undefined) {
      for (const [name, value] of Object.entries({ servicePort, health, expose }))
        if (value !== undefined) refuse([name], "of use only with `port`; write the port that it serves on");
    }
    for (const [name, earlier] of repeatedPorts({ port, servicePort, ports }))
      refuse(["ports", name], `the port of ${earlier}, too; write another one`);
    for (const name of Object.keys(rest.secrets))
      if (rest.environment[name] !== undefined)
        refuse(["environment", name], "a variable of `secrets`, too; remove one of them");
    for (const { path, message } of mountFaults(rest)) refuse([...path], message);
    const size = Object.values(rest.files).reduce((sum, file) => sum + Buffer.byteLength(file), 0);
    if (size > 900_000) refuse(["files"], `${size} bytes, and the API takes 1 MiB; put large files into an image`);
  });

export type WorkloadSettings = z.output<typeof workload>;
export type VolumeSettings = z.output<typeof volume>;
