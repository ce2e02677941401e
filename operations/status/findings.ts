import type { CertificateFact, ClusterFacts, Declared, Facts, Finding } from "./facts.ts";
import { told } from "./facts.ts";
import { isReady, nodeFindings, versionText } from "./node-findings.ts";
import type { ReleaseRevision } from "./objects.ts";
import { jobFindings, podFindings, workloadFindings } from "./pod-findings.ts";
import { savedDatabaseFindings } from "./saved-databases.ts";
import { snapshotFindings } from "./snapshot-findings.ts";
import { daysBetween, spanText } from "./time.ts";

/** A certificate should be renewed by then; one of a short life in its last tenth. */
const renewalDays = 30;

function isEnding({ from, until }: CertificateFact, now: Date): boolean {
  const left = until.getTime() - now.getTime();
  return left < Math.min(renewalDays * 86_400_000, (until.getTime() - from.getTime()) / 10);
}

function certificateFindings({ certificates, now, commands }: Facts): readonly Finding[] {
  return certificates.flatMap((certificate): readonly Finding[] => {
    if ("unanswered" in certificate) return [];
    const { of: about, until, notFor } = certificate;
    if (notFor !== undefined)
      return [
        { about, problem: `its certificate isn't for ${notFor}`, fix: "kubectl -n traefik logs deployment/traefik" },
      ];
    if (!isEnding(certificate, now)) return [];
    const left = until.getTime() - now.getTime();
    const problem = left < 0 ? `it ended ${spanText(-left)} ago` : `it ends in ${spanText(left)}`;
    const fix = about.startsWith("https:")
      ? undefined
      : `${commands.up}; the first one in a month renews what is near its end, one node after another`;
    return [{ about, problem, fix }];
  });
}

function runFindings({ state, commands }: Facts): readonly Finding[] {
  const fix = commands.recover;
  const locks = state.locks ?? [];
  const dead = locks
    .filter(({ state: is }) => is === "dead")
    .map(({ description }) => ({
      about: "the last run",
      problem: `it was killed and left its lock: ${description}`,
      fix,
    }));
  const isAtWork = locks.some(({ state: is }) => is !== "dead");
  if (isAtWork) return dead;
  const { interrupted, unfinished } = state;
  const began =
    interrupted.length === 0
      ? []
      : [{ about: "the last run", problem: `it was killed while it worked on ${interrupted.join(", ")}`, fix }];
  const left =
    unfinished.length === 0
      ? []
      : [
          {
            about: "the last run",
            problem: `it left unfinished: ${unfinished.join(", ")}`,
            fix: commands.up,
          },
        ];
  return [...dead, ...began, ...left];
}

/** The last revision of each release. */
function lastRevisions(revisions: readonly ReleaseRevision[]): readonly ReleaseRevision[] {
  const newest = new Map<string, ReleaseRevision>();
  for (const revision of revisions) {
    const { namespace, labels } = revision.metadata;
    const key = `${namespace}/${labels.name}`;
    if (Number(labels.version) > Number(newest.get(key)?.metadata.labels.version ?? 0)) newest.set(key, revision);
  }
  return [...newest.values()];
}

function releaseFindings(revisions: readonly ReleaseRevision[], { state, commands }: Facts): readonly Finding[] {
  const last = lastRevisions(revisions);
  const found = new Map(
    last.map((revision) => [`${revision.metadata.namespace}/${revision.metadata.labels.name}`, revision]),
  );
  const fix = commands.up;
  return state.releases.flatMap(({ namespace, name }) => {
    const status = found.get(`${namespace}/${name}`)?.metadata.labels.status;
    if (status === "deployed") return [];
    const problem = status === undefined ? "it isn't in the cluster" : `it is ${status}`;
    return [
      {
        about: `release ${namespace}/${name}`,
        problem,
        fix: status === undefined ? `${commands.refresh}, then ${fix}` : fix,
      },
    ];
  });
}

function versionFindings({ version }: ClusterFacts, declared: Declared | undefined, up: string): readonly Finding[] {
  const is = told(version);
  const wanted = declared && versionText(declared.cluster.version);
  if (is === undefined || wanted === undefined || is === wanted) return [];
  return [{ about: "Kubernetes", problem: `its API is of ${is}, declared is ${wanted}`, fix: up }];
}

function storageAndServiceFindings(cluster: ClusterFacts, namespaces: ReadonlySet<string>): readonly Finding[] {
  const claims = (told(cluster.claims) ?? [])
    .filter(({ metadata, status }) => namespaces.has(metadata.namespace) && status.phase !== "Bound")
    .map(({ metadata, spec, status }) => ({
      about: `claim ${metadata.namespace}/${metadata.name}`,
      problem: `it is ${status.phase} (class ${spec.storageClassName ?? "none"})`,
      fix: `kubectl -n ${metadata.namespace} describe pvc ${metadata.name}`,
    }));
  const services = (told(cluster.services) ?? [])
    .filter(({ spec, status }) => spec.type === "LoadBalancer" && status.loadBalancer.ingress.length === 0)
    .map(({ metadata }) => ({
      about: `service ${metadata.namespace}/${metadata.name}`,
      problem: "the load balancer gave it no address",
      fix: `kubectl -n ${metadata.namespace} describe service ${metadata.name}`,
    }));
  return [...claims, ...services];
}

/** What the API didn't tell, although it answers. */
function untoldFindings({ server: _, version: __, ...lists }: ClusterFacts): readonly Finding[] {
  return Object.entries(lists).flatMap(([about, answer]) =>
    "unanswered" in answer ? [{ about, problem: `the API didn't tell: ${answer.unanswered}` }] : [],
  );
}

function clusterFindings(cluster: ClusterFacts, facts: Facts): readonly Finding[] {
  const { commands, now, state } = facts;
  if ("unanswered" in cluster.version) {
    const problem = `it doesn't answer at ${cluster.server}: ${cluster.version.unanswered}`;
    return [
      { about: "the cluster", problem, fix: "see that its servers run and that this computer has a way to them" },
    ];
  }
  const declared = told(facts.declared);
  const nodes = told(cluster.nodes);
  const namespaces = new Set(["kube-system", ...state.namespaces]);
  const lostNodes = new Set((nodes ?? []).filter((node) => !isReady(node)).map(({ metadata }) => metadata.name));
  const pods = podFindings(told(cluster.pods) ?? [], { namespaces, lostNodes, now });
  const turn = told(cluster.failedTurn);
  const schedule = declared?.cluster.etcdSnapshots.schedule;
  const [snapshots, born] = [told(cluster.snapshots), told(cluster.born)];
  return [
    ...versionFindings(cluster, declared, commands.up),
    ...(nodes === undefined ? [] : nodeFindings(nodes, declared, commands.up)),
    ...(turn === undefined
      ? []
      : [
          {
            about: turn.node,
            problem: `it failed while it was changed: ${turn.reason}`,
            fix: `mend it, then ${commands.up}`,
          },
        ]),
    ...releaseFindings(told(cluster.releases) ?? [], facts),
    ...pods,
    ...jobFindings(told(cluster.jobs) ?? [], namespaces),
    ...workloadFindings(told(cluster.workloads) ?? [], namespaces),
    ...storageAndServiceFindings(cluster, namespaces),
    ...(schedule && snapshots && born ? snapshotFindings(snapshots, { schedule, now, born }) : []),
    ...savedDatabaseFindings(told(cluster.databases) ?? [], { schedule: declared?.platform.backup?.schedule, now }),
    ...untoldFindings(cluster),
  ];
}

function applicationFindings({ applications }: Facts): readonly Finding[] {
  return applications.flatMap(({ application, address, answer }) => {
    const about = `${application} at ${address}`;
    if ("unanswered" in answer) return [{ about, problem: `it doesn't answer: ${answer.unanswered}` }];
    const { status, noRoute } = answer.value;
    if (noRoute) return [{ about, problem: "the ingress knows no route to it" }];
    return status < 500 ? [] : [{ about, problem: `it answers ${status}` }];
  });
}

/** All that isn't as declared (pure). */
export function findingsOf(facts: Facts): readonly Finding[] {
  const { commands, declared, cluster, state } = facts;
  const settings =
    "unanswered" in declared ? [{ about: "settings", problem: declared.unanswered, fix: commands.check }] : [];
  const ofCluster =
    cluster === undefined || !state.hasCluster
      ? [{ about: "the cluster", problem: "the stack's state has none", fix: commands.up }]
      : clusterFindings(cluster, facts);
  return [
    ...settings,
    ...runFindings(facts),
    ...ofCluster,
    ...applicationFindings(facts),
    ...certificateFindings(facts),
  ];
}

/** Days that a certificate has left (pure). */
export function daysLeft({ until }: CertificateFact, now: Date): number {
  return daysBetween(now, until);
}
