import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { readAnswer } from "../../components/host/answer.ts";
import { loadScript } from "../../components/host/script.ts";
import type { ClusterHost } from "./cluster-hosts.ts";
import { HostNotReachedError, runOn } from "./run-on.ts";

/** On a server's disk, in the bucket that its snapshots are copied to, or etcd's own data on a server. */
export type SnapshotPlace = "disk" | "s3" | "data";

/** What a server knows of a restore that was begun. */
export interface RestoreMark {
  readonly id: string;
  /** Private address of the server that gets the snapshot. */
  readonly target: string;
  readonly phase: string;
  readonly place: SnapshotPlace;
  readonly snapshot: string;
}

/** What a server says of itself. */
export interface Survey {
  readonly host: ClusterHost;
  /** Whether it ever became a server, and still has what makes it one. */
  readonly isMember: boolean;
  /** Of Kubernetes, as it runs there. */
  readonly version: string;
  /** Whether etcd's data is on its disk, and how many bytes. */
  readonly hasData: boolean;
  readonly dataBytes: number;
  /** Addresses of servers whose API answers it; `127.0.0.1` is its own. */
  readonly answeringApis: readonly string[];
  /** When the version that runs there was installed. */
  readonly installed?: Date;
  readonly mark?: RestoreMark;
  readonly snapshots: readonly {
    readonly name: string;
    readonly place: "disk" | "s3";
    readonly bytes: number;
    readonly taken: Date;
  }[];
  /** Why the bucket gave no list. */
  readonly s3Failure?: string;
}

/** A server that can't be asked. */
export interface LostServer {
  readonly host: ClusterHost;
  readonly why: string;
}

const script = loadScript(import.meta.url, "./survey.sh");

const flag = z.enum(["yes", "no"]).transform((value) => value === "yes");
const place = z.enum(["disk", "s3"]);
const line = z.string().transform((text) => text.split(" "));
const snapshotLine = line.pipe(z.tuple([place, z.string().min(1), z.coerce.number<string>(), z.string()]));
const markLine = line.pipe(
  z.tuple([z.string().min(1), z.string(), z.string(), z.enum(["disk", "s3", "data"]), z.string()]),
);

/** Seconds since the epoch, or ISO 8601 as S3 writes it. */
function timeOf(text: string): Date {
  return /^[0-9.]+$/.test(text) ? new Date(Math.floor(Number(text)) * 1_000) : new Date(text);
}

function markOf(text: string | undefined): { readonly mark?: RestoreMark } {
  if (text === undefined) return {};
  const [id, target, phase, where, snapshot] = markLine.parse(text);
  return { mark: { id, target, phase, place: where, snapshot } };
}

/** Reads (pure) what `survey.sh` printed. @throws if it is something else */
export function parseSurvey(host: ClusterHost, answer: string): Survey {
  const pairs = answer.split("\n").flatMap((each) => {
    const [, key = "", value = ""] = /^(\S+) ?(.*)$/.exec(each) ?? [];
    return key === "" ? [] : [{ key, value }];
  });
  const all = (wanted: string) => pairs.filter(({ key }) => key === wanted).map(({ value }) => value);
  const [installed] = all("installed");
  const [s3Failure] = all("s3-failed");
  return {
    host,
    isMember: flag.parse(all("member")[0]),
    version: all("version")[0] ?? "",
    hasData: flag.parse(all("data")[0]),
    dataBytes: Number(all("data-bytes")[0] ?? 0),
    answeringApis: all("api"),
    ...(installed === undefined ? {} : { installed: timeOf(installed) }),
    ...markOf(all("restore")[0]),
    snapshots: all("snapshot").map((text) => {
      const [where, name, bytes, taken] = snapshotLine.parse(text);
      return { place: where, name, bytes, taken: timeOf(taken) };
    }),
    ...(s3Failure === undefined ? {} : { s3Failure }),
  };
}

function refusalOf({ name }: ClusterHost, error: unknown): unknown {
  if (error instanceof HostNotReachedError)
    return new RunError(
      `${error.message} It would go on with the former cluster's data beside the restored one. Nothing was changed. Fix: its ` +
        "authorized_keys, or switch it off.",
    );
  if (!(error instanceof z.ZodError)) return error;
  return new RunError(`${name}: it said something else than what a server says of itself: ${z.prettifyError(error)}`);
}

/** A machine that is gone answers within this time or doesn't count. */
const patience = 20_000;

/**
 * Asks all servers at once.
 *
 * @throws RunError if one is there and doesn't let us in, or can't say what it is to: it could go on beside the restored cluster
 */
export async function surveyServers(
  servers: readonly ClusterHost[],
  distribution: string,
): Promise<{ readonly surveys: readonly Survey[]; readonly lost: readonly LostServer[] }> {
  const answers = await Promise.all(
    servers.map(async (host): Promise<Survey | LostServer> => {
      const others = servers.filter((other) => other !== host).map(({ privateAddress }) => privateAddress);
      const step = {
        name: "restore-survey",
        script,
        deadlineSeconds: 180,
        detached: false,
        answer: { pattern: /^member / },
      };
      try {
        const output = await runOn(host, step, { distribution, otherServers: others.join(" ") }, { patience });
        const answer = readAnswer({ host: host.name, step: step.name }, output, z.string());
        return parseSurvey(host, answer);
      } catch (error) {
        if (error instanceof HostNotReachedError && error.kind !== "login") return { host, why: error.message };
        throw refusalOf(host, error);
      }
    }),
  );
  return {
    surveys: answers.filter((one) => "isMember" in one),
    lost: answers.filter((one) => "why" in one),
  };
}
