import { z } from "zod";
import type { AnswerForm } from "../answer.ts";

const hostFacts = z.strictObject({
  hostname: z.string().min(1),
  /** systemd's machine id; two machines with one id were made from one image and confuse Kubernetes and DHCP. */
  machineId: z.string().regex(/^[0-9a-f]{32}$/),
  /** Such as `debian 12` or `ubuntu 24.04`. */
  operatingSystem: z.string(),
  /** Raspberry Pi's firmware boots it, whatever the distribution is. */
  raspberryPi: z.boolean(),
  architecture: z.enum(["amd64", "arm64"]),
  kernel: z.string(),
  /** Bytes; 16384 on the default kernel of a Raspberry Pi 5, which some images can't run on. */
  pageSize: z.int().positive(),
  cgroupVersion: z.union([z.literal(1), z.literal(2)]),
  /** Whether containers' memory can be limited already; preparation sees to it where it can't. */
  cgroupMemory: z.boolean(),
  /** Network interface that holds the private address. */
  interfaceName: z.string().min(1),
  bootId: z.string().min(1),
  memoryMebibytes: z.int().positive(),
  freeDiskMebibytes: z.int().nonnegative(),
  /** p99 of a synchronous write on the disk that will hold etcd; measured on servers only. */
  fdatasyncMilliseconds: z.number().nonnegative().optional(),
  /** What isn't wrong enough to refuse the host. */
  warnings: z.array(z.string()),
});

/** What preflight found out about a host. */
export type HostFacts = z.output<typeof hostFacts>;

/** Preflight's answer: facts as one JSON object. */
export const hostFactsAnswer = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: "custom", message: "it is no JSON" });
      return z.NEVER;
    }
  })
  .pipe(hostFacts);

const text = String.raw`"([^"\\]|\\.)*"`;
const value = String.raw`${text}|true|false|[0-9]+(\.[0-9]+)?|\[(${text}(,${text})*)?\]`;

/** As the host checks it: a flat JSON object, so that a number with a comma or a missing one never gets into the state. */
export const hostFactsForm: AnswerForm = {
  pattern: new RegExp(`^\\{"hostname":${text}(,"[A-Za-z]+":(${value}))+\\}$`),
};
