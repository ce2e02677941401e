import { z } from "zod";
import type { RemoteRun } from "../../components/host/run-over-ssh/remote-run.ts";
import { type Deployment, nameOf } from "../../runtime/state/deployment.ts";

/** A machine that the last runs of `up` made a node. */
export interface ClusterHost {
  readonly name: string;
  readonly role: "server" | "agent";
  /** Where other nodes reach it; of a server alone. */
  readonly privateAddress: string;
  /** The ways to it as its last step was run; they hold the private key. */
  readonly hops: RemoteRun["hops"];
}

const target = z
  .object({
    host: z.string(),
    port: z.number().default(22),
    user: z.string().default("root"),
    privateKey: z.string(),
    hostKey: z.string(),
  })
  .transform(({ host, ...rest }) => ({ address: host, ...rest }));

const stepInputs = z.object({ connection: z.looseObject({ proxy: z.unknown().optional() }), stdin: z.string() });

const secretText = z.object({ plaintext: z.string() });

/** What an exported state says (pure), secrets as they are: `pulumi stack export --show-secrets` writes them as JSON inside. */
function revealed(value: unknown): unknown {
  const secret = secretText.safeParse(value);
  if (secret.success) return revealed(JSON.parse(secret.data.plaintext));
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revealed(inner)]));
}

/** A value among the assignments that a step got (components/host/shell-assignments.ts). */
const assigned = (stdin: string, name: string) => new RegExp(`^${name}='([^'\n]*)'$`, "m").exec(stdin)?.[1];

function hopsOf(connection: z.output<typeof stepInputs>["connection"]): RemoteRun["hops"] {
  const { proxy, ...own } = connection;
  return [...(proxy === undefined || proxy === null ? [] : [target.parse(proxy)]), target.parse(own)];
}

/**
 * The cluster's machines (pure), of the steps in a state that made them nodes: who is a member, and how it was reached last. A machine
 * that the settings name and no run reached isn't among them.
 */
export function clusterHosts({ resources }: Deployment): readonly ClusterHost[] {
  return resources.flatMap((resource): readonly ClusterHost[] => {
    const [, name, role] = /^(.+)-(server|agent)$/.exec(nameOf(resource.urn)) ?? [];
    if (resource.type !== "command:remote:Command" || name === undefined || resource.delete === true) return [];
    const inputs = stepInputs.safeParse(revealed(resource.inputs));
    if (!inputs.success || assigned(inputs.data.stdin, "nodeName") !== name) return [];
    const { connection, stdin } = inputs.data;
    return [
      {
        name,
        role: role === "server" ? "server" : "agent",
        privateAddress: assigned(stdin, "nodeAddress") ?? "",
        hops: hopsOf(connection),
      },
    ];
  });
}
