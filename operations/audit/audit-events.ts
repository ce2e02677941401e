import { z } from "zod";

const spans = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A span such as `30m`, `1h` or `7d`, in milliseconds (pure); `undefined` where it is none. */
export function parseSpan(text: string): number | undefined {
  const { count, unit } = /^(?<count>[1-9]\d{0,3})(?<unit>[mhd])$/.exec(text)?.groups ?? {};
  return unit === "m" || unit === "h" || unit === "d" ? Number(count) * spans[unit] : undefined;
}

/** An event as the API server logs it (audit.k8s.io/v1), at the level `Metadata`. */
const auditEvent = z.object({
  auditID: z.string(),
  requestReceivedTimestamp: z.coerce.date(),
  verb: z.string(),
  user: z.object({ username: z.string().default("?") }).prefault({}),
  impersonatedUser: z.object({ username: z.string().default("?") }).optional(),
  sourceIPs: z.array(z.string()).default([]),
  requestURI: z.string().default(""),
  objectRef: z
    .object({
      resource: z.string().default(""),
      subresource: z.string().default(""),
      namespace: z.string().default(""),
      name: z.string().default(""),
    })
    .optional(),
  responseStatus: z.object({ code: z.number().optional() }).optional(),
});

/** What somebody did. */
export interface AuditEvent {
  readonly id: string;
  readonly when: Date;
  /** Who it was; where somebody acted in another's name, both. */
  readonly who: string;
  readonly did: string;
  /** Kind, namespace and name, such as `deployments odoo/odoo`. */
  readonly what: string;
  readonly from: string;
  /** The API server's answer, an HTTP status. */
  readonly answer: number | undefined;
}

function whatOf({ objectRef, requestURI }: z.output<typeof auditEvent>): string {
  if (objectRef === undefined) return requestURI.replace(/\?.*/, "");
  const { resource, subresource, namespace, name } = objectRef;
  const kind = subresource === "" ? resource : `${resource}/${subresource}`;
  const full = [namespace, name].filter((part) => part !== "").join("/");
  return full === "" ? kind : `${kind} ${full}`;
}

function eventIn(line: string): AuditEvent | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The first line of a part of a file, or the last one while it is being written.
    return undefined;
  }
  const { data } = auditEvent.safeParse(value);
  if (data === undefined) return undefined;
  const { auditID, requestReceivedTimestamp, verb, user, impersonatedUser, sourceIPs, responseStatus } = data;
  const who = impersonatedUser === undefined ? user.username : `${user.username} as ${impersonatedUser.username}`;
  return {
    id: auditID,
    when: requestReceivedTimestamp,
    who,
    did: verb,
    what: whatOf(data),
    from: sourceIPs[0] ?? "",
    answer: responseStatus?.code,
  };
}

/** The events in a log's text (pure), in its order; what is no whole event is left out. */
export function eventsIn(text: string): readonly AuditEvent[] {
  return text.split("\n").flatMap((line) => (line === "" ? [] : (eventIn(line) ?? [])));
}

/** The cluster's own programs, kubeadm's and k3s'; k3s' administrator is `system:admin`. */
const ofTheClusterItself = /^system:(node:|kube-|apiserver$|bootstrap:|k3s-|serviceaccount:kube-system:)/;
const reads = new Set(["get", "list", "watch"]);
const waysIn = /^pods\/(exec|attach|portforward|proxy)\b|^services\/proxy\b/;

/** Whether somebody changed something, or got into a pod, who isn't one of the cluster's own programs (pure). */
export function isSomebodysChange({ who, did, what }: AuditEvent): boolean {
  return !ofTheClusterItself.test(who) && (!reads.has(did) || waysIn.test(what));
}

/** Events since a time, each once, in the order of time (pure). Of a request that took long the log has two: the later tells its end. */
export function eventsSince(events: readonly AuditEvent[], since: Date): readonly AuditEvent[] {
  const last = new Map(events.map((event) => [event.id, event]));
  return [...last.values()]
    .filter(({ when }) => when >= since)
    .toSorted((one, other) => one.when.getTime() - other.when.getTime());
}
