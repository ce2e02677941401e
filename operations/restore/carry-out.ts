import { z } from "zod";
import { readAnswer } from "../../components/host/answer.ts";
import { loadScript } from "../../components/host/script.ts";
import type { ClusterHost } from "./cluster-hosts.ts";
import type { RestorePlan } from "./plan.ts";
import { type RestoreStep, runOn } from "./run-on.ts";
import type { Survey } from "./survey.ts";

const scripts = {
  check: loadScript(import.meta.url, "./check-snapshot.sh"),
  stop: loadScript(import.meta.url, "./stop.sh"),
  snapshot: loadScript(import.meta.url, "./restore-snapshot.sh"),
  rejoin: loadScript(import.meta.url, "./rejoin.sh"),
  agent: loadScript(import.meta.url, "./restart-agent.sh"),
  finish: loadScript(import.meta.url, "./finish.sh"),
};

/** Each goes on where the connection breaks, and is found again by the next run. */
const steps = {
  check: {
    name: "restore-check",
    script: scripts.check,
    deadlineSeconds: 900,
    detached: true,
    answer: { pattern: /^whole/ },
  },
  stop: { name: "restore-stop", script: scripts.stop, deadlineSeconds: 300, detached: true },
  snapshot: { name: "restore-snapshot", script: scripts.snapshot, deadlineSeconds: 1800, detached: true },
  rejoin: { name: "restore-rejoin", script: scripts.rejoin, deadlineSeconds: 1800, detached: true },
  agent: { name: "restore-agent", script: scripts.agent, deadlineSeconds: 120, detached: false },
  finish: { name: "restore-finish", script: scripts.finish, deadlineSeconds: 60, detached: false },
} satisfies Readonly<Record<string, RestoreStep>>;

/** What every script knows of the restore. */
function valuesOf({ id, abandoned, snapshot, target }: RestorePlan, distribution: string) {
  return {
    distribution,
    restoreId: id,
    abandoned: abandoned.join(" "),
    target: target.host.privateAddress,
    snapshot: snapshot.name,
    place: snapshot.place,
  };
}

/**
 * Brings the snapshot to its server, where it isn't, and looks whether it is whole.
 *
 * @returns what etcd's own tool says of it, for people; empty where there is no such tool
 * @throws RunError with reason and fix if it can't be restored
 */
export async function checkSnapshot(plan: RestorePlan, distribution: string): Promise<string> {
  const { host } = plan.target;
  const output = await runOn(host, steps.check, valuesOf(plan, distribution));
  const answer = readAnswer({ host: host.name, step: steps.check.name }, output, z.string());
  const [, hash, revision, keys] = /^whole: (\S+), (\d+), (\d+),/.exec(answer) ?? [];
  return hash === undefined ? "" : `hash ${hash}, revision ${revision}, ${keys} keys`;
}

export interface Surroundings {
  readonly distribution: string;
  readonly agents: readonly ClusterHost[];
  /** Takes a line for each thing that is done. */
  readonly write: (line: string) => void;
}

async function restartAgents({ agents, write }: Surroundings): Promise<readonly string[]> {
  if (agents.length === 0) return [];
  write("The agents' kubelets start anew.");
  const restarted = await Promise.allSettled(agents.map((host) => runOn(host, steps.agent, {}, { patience: 20_000 })));
  return agents.filter((_, index) => restarted[index]?.status === "rejected").map(({ name }) => name);
}

async function finish(plan: RestorePlan, values: ReturnType<typeof valuesOf>): Promise<void> {
  const { target, others } = plan;
  await runOn(target.host, steps.finish, { ...values, only: "note" });
  await Promise.all(others.map(({ host }) => runOn(host, steps.finish, { ...values, only: "" })));
  await runOn(target.host, steps.finish, { ...values, only: "" });
}

/** What a step waits for, among all that it says: whole lines alone, without the dots that keep a connection alive. */
function waitsOf(host: ClusterHost, write: Surroundings["write"]): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [, wait] = /^\.*(waiting for .+)$/.exec(line) ?? [];
      if (wait !== undefined) write(`${host.name}: ${wait}`);
    }
  };
}

/**
 * Lets servers join. Those of kubeadm do so at once, as each waits until etcd takes it, and the sooner a kubelet's own API answers, the
 * surer its node never counts as lost; k3s ends where it isn't taken, and so they go one after another.
 */
async function joinAll(others: readonly Survey[], distribution: string, join: (one: Survey) => Promise<void>) {
  if (distribution === "k3s") {
    for (const one of others) await join(one);
    return;
  }
  const joined = await Promise.allSettled(others.map(join));
  for (const one of joined) if (one.status === "rejected") throw one.reason;
}

/**
 * Does what was planned: stops all servers, restores one, lets the others join it.
 *
 * @returns names of the agents that don't answer
 * @throws RunError with what a step said; the next run goes on there
 */
export async function carryOut(plan: RestorePlan, surroundings: Surroundings): Promise<readonly string[]> {
  const { distribution, write } = surroundings;
  const { target, others, isOver } = plan;
  const values = valuesOf(plan, distribution);
  if (isOver) {
    await finish(plan, values);
    return [];
  }
  // The one that gets the snapshot first: it is who says, after a run that was killed, which restore is under way.
  const step = (host: ClusterHost, what: RestoreStep, more: object = {}) =>
    runOn(host, what, { ...values, ...more }, { onOutput: waitsOf(host, write) });
  const stop = ({ host }: Survey) => step(host, steps.stop);
  write("Kubernetes' control plane stops on all servers; applications' pods run on.");
  await stop(target);
  await Promise.all(others.map(stop));
  write(`${target.host.name} gets the snapshot.`);
  await step(target.host, steps.snapshot);
  write(`${target.host.name}'s Kubernetes API answers.`);
  await joinAll(others, distribution, async ({ host }) => {
    await step(host, steps.rejoin, { nodeName: host.name, nodeAddress: host.privateAddress });
    write(`${host.name} has joined.`);
  });
  const unheard = await restartAgents(surroundings);
  await finish(plan, values);
  return unheard;
}
