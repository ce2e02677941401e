import type { CertificateFact, ClusterFacts, Facts, Finding } from "./facts.ts";
import { told } from "./facts.ts";
import { daysLeft, findingsOf } from "./findings.ts";
import { addressOf, roleOf, stateOf } from "./node-findings.ts";
import { savedDatabaseLines } from "./saved-databases.ts";
import { newestSnapshot } from "./snapshot-findings.ts";
import { table } from "./table.ts";
import { spanText } from "./time.ts";

/** Servers first, then by name. */
function sortedNodes(cluster: ClusterFacts) {
  return told(cluster.nodes)?.toSorted(
    (a, b) => `${roleOf(b)} `.localeCompare(`${roleOf(a)} `) || a.metadata.name.localeCompare(b.metadata.name),
  );
}

function nodeLines(cluster: ClusterFacts): readonly string[] {
  const nodes = sortedNodes(cluster);
  if (nodes === undefined) return [];
  const rows = nodes.map((node) => [
    node.metadata.name,
    roleOf(node),
    addressOf(node),
    node.status.nodeInfo.kubeletVersion,
    stateOf(node),
  ]);
  return ["", ...table([["NODE", "ROLE", "ADDRESS", "VERSION", "STATE"], ...rows])];
}

function applicationLines({ applications }: Facts): readonly string[] {
  if (applications.length === 0) return [];
  const rows = applications.map(({ application, address, answer }) => [
    application,
    address,
    "value" in answer ? `${answer.value.status} in ${Math.round(answer.value.milliseconds)} ms` : answer.unanswered,
  ]);
  return ["", ...table([["APPLICATION", "ADDRESS", "ANSWER"], ...rows])];
}

function certificateLines({ certificates, now }: Facts): readonly string[] {
  const read = certificates.filter((certificate): certificate is CertificateFact => "until" in certificate);
  const rows = read.map((certificate) => [
    certificate.of,
    `${daysLeft(certificate, now)} days`,
    certificate.until.toISOString().slice(0, 10),
  ]);
  const unread = certificates.flatMap((one) => ("unanswered" in one ? [one.of] : []));
  const note = unread.length === 0 ? [] : [`Not readable from here: ${unread.join(", ")}`];
  return read.length + unread.length === 0 ? [] : ["", ...table([["CERTIFICATE", "LEFT", "ENDS"], ...rows]), ...note];
}

function snapshotLines({ snapshots }: ClusterFacts, { declared, now }: Facts): readonly string[] {
  const known = told(snapshots);
  if (known === undefined) return [];
  const newest = newestSnapshot(known);
  const schedule = told(declared)?.cluster.etcdSnapshots.schedule;
  const due = schedule === undefined ? "" : `; due by "${schedule}"`;
  const age = newest && spanText(now.getTime() - newest.taken.getTime());
  return [
    "",
    newest === undefined
      ? `etcd snapshots: none yet${due}`
      : `etcd snapshots: the newest is of ${age} ago (${newest.name} on ${newest.node})${due}`,
  ];
}

function clusterLines(facts: Facts): readonly string[] {
  const { cluster } = facts;
  const version = cluster && told(cluster.version);
  if (cluster === undefined || version === undefined) return [];
  return [
    `Kubernetes ${version} at ${cluster.server}`,
    ...nodeLines(cluster),
    ...applicationLines(facts),
    ...certificateLines(facts),
    ...snapshotLines(cluster, facts),
    ...savedDatabaseLines(told(cluster.databases) ?? [], facts.now),
  ];
}

function runLines({ state }: Facts): readonly string[] {
  const others = (state.locks ?? []).filter(({ state: is }) => is !== "dead");
  return others.map(({ description, state: is }) =>
    is === "alive"
      ? `A run is at work: ${description}. What follows may change.`
      : `A run on another computer has the stack: ${description}. If it was killed: ./grappe recover.`,
  );
}

function findingLines(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ about, problem, fix }) => [
    `- ${about}: ${problem}`,
    ...(fix === undefined ? [] : [`  Fix: ${fix}`]),
  ]);
}

/** A stack's status as lines (pure), for people; what isn't as declared comes last, where it is seen. */
export function statusLines(facts: Facts): readonly string[] {
  const findings = findingsOf(facts);
  const all = `${facts.stack}: all is as declared`;
  const count = findings.length === 1 ? "1 thing isn't" : `${findings.length} things aren't`;
  const ending = findings.length === 0 ? [all] : [`${facts.stack}: ${count} as declared`, ...findingLines(findings)];
  const above = [...runLines(facts), ...clusterLines(facts)];
  return above.length === 0 ? ending : [...above, "", ...ending];
}

/** A stack's status as one object (pure), for programs; times are ISO 8601 in UTC. */
export function statusObject(facts: Facts): Readonly<Record<string, unknown>> {
  const { stack, now, cluster, state } = facts;
  const findings = findingsOf(facts);
  const nodes = cluster && sortedNodes(cluster);
  const snapshots = cluster && told(cluster.snapshots);
  const newest = snapshots && newestSnapshot(snapshots);
  return {
    stack,
    asked: now.toISOString(),
    asDeclared: findings.length === 0,
    findings,
    kubernetes: cluster && { server: cluster.server, version: told(cluster.version) },
    nodes: nodes?.map((node) => ({
      name: node.metadata.name,
      role: roleOf(node),
      address: addressOf(node),
      version: node.status.nodeInfo.kubeletVersion,
      state: stateOf(node),
    })),
    applications: facts.applications.map(({ application, address, answer }) => ({
      application,
      address,
      ...("value" in answer ? answer.value : answer),
    })),
    certificates: facts.certificates.map((one) =>
      "unanswered" in one
        ? one
        : { of: one.of, until: one.until.toISOString(), daysLeft: daysLeft(one, now), notFor: one.notFor },
    ),
    newestSnapshot: newest && { ...newest, ageSeconds: Math.round((now.getTime() - newest.taken.getTime()) / 1_000) },
    databases: cluster && told(cluster.databases),
    runLocks: state.locks,
  };
}
