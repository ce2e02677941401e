import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { auditDirectory } from "../../components/cluster/audit-log.ts";
import { ApiClient } from "../../runtime/kubernetes-api/api-client.ts";
import { whyUnanswered } from "../status/why-unanswered.ts";
import { type AuditEvent, eventsIn, eventsSince } from "./audit-events.ts";

/** What was read, and of which servers it couldn't be. */
export interface AuditReading {
  readonly events: readonly AuditEvent[];
  readonly unanswered: readonly { readonly server: string; readonly reason: string }[];
}

const nodeList = z.object({ items: z.array(z.object({ metadata: z.object({ name: z.string() }) })) });

/** A kubelet shows what lies below /var/log to whoever may use its node's proxy. */
const folderOf = (server: string) =>
  `/api/v1/nodes/${encodeURIComponent(server)}/proxy/logs/${auditDirectory.replace("/var/log/", "")}/`;

/** When a file's last event was written (pure): its name says so, in UTC, as the API server names it when it begins the next. */
export function endOf(file: string): Date | undefined {
  const { day, hour, minute, second } =
    /^audit-(?<day>\d{4}-\d\d-\d\d)T(?<hour>\d\d)-(?<minute>\d\d)-(?<second>\d\d)/.exec(file)?.groups ?? {};
  return day === undefined ? undefined : new Date(`${day}T${hour}:${minute}:${second}.999Z`);
}

const partBytes = [4_000_000, 32_000_000];

/** The log that is being written: its end first, and more of it only where that doesn't reach far enough back. */
async function current(api: ApiClient, path: string, since: Date): Promise<readonly AuditEvent[]> {
  for (const bytes of partBytes) {
    const part = await api.bytes(path, `bytes=-${bytes}`);
    const events = eventsIn(part.toString());
    const [first] = events;
    if (part.length < bytes || (first !== undefined && first.when < since)) return events;
  }
  return eventsIn((await api.bytes(path)).toString());
}

async function eventsOf(api: ApiClient, server: string, since: Date): Promise<readonly AuditEvent[]> {
  const folder = folderOf(server);
  const listing = (await api.bytes(folder)).toString();
  const files = [...listing.matchAll(/href="(audit[^"/]*)"/g)].map(([, file = ""]) => file);
  const wanted = files.filter((file) => (endOf(file) ?? since) >= since);
  const read = wanted.map(async (file) => {
    if (file === "audit.log") return await current(api, `${folder}${file}`, since);
    const bytes = await api.bytes(`${folder}${file}`);
    return eventsIn((file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString());
  });
  return (await Promise.all(read)).flat();
}

/** Reads all servers' logs since a time. Each API server writes its own: a request is in one of them. */
export async function readAudit(kubeconfig: string, since: Date): Promise<AuditReading> {
  const api = new ApiClient(kubeconfig);
  const query = { labelSelector: "node-role.kubernetes.io/control-plane" };
  const { items } = nodeList.parse(await api.request({ method: "GET", path: "/api/v1/nodes", query }));
  const servers = items.map(({ metadata }) => metadata.name).toSorted();
  const readings = await Promise.allSettled(servers.map((server) => eventsOf(api, server, since)));
  return {
    events: eventsSince(
      readings.flatMap((reading) => (reading.status === "fulfilled" ? reading.value : [])),
      since,
    ),
    unanswered: readings.flatMap((reading, index) =>
      reading.status === "fulfilled" ? [] : [{ server: servers[index] ?? "?", reason: whyUnanswered(reading.reason) }],
    ),
  };
}
