import { askApplications } from "./ask-applications.ts";
import { askCluster } from "./ask-cluster.ts";
import { statusLines, statusObject } from "./describe-status.ts";
import { type Commands, type Facts, told } from "./facts.ts";
import { findingsOf } from "./findings.ts";
import { readCertificates } from "./read-certificates.ts";
import { readStack, type StackToRead } from "./read-state.ts";
import { stackToRead } from "./stack-to-read.ts";

/** Whose status is told, and what mends it. */
export interface Subject {
  readonly stack: StackToRead;
  /** How it is called for people. */
  readonly label: string;
  readonly commands: Commands;
}

/**
 * Finds out how a stack is: reads its settings and state, then asks its cluster, its applications and every certificate, all at
 * once and each with a deadline. Changes nothing.
 */
export async function factsOf({ stack, label, commands }: Subject): Promise<Facts> {
  const { declared, state, outputs } = await readStack(stack);
  const { kubeconfig, urls } = outputs;
  const shared = { stack: label, commands, declared, state };
  if (kubeconfig === undefined) return { ...shared, now: new Date(), applications: [], certificates: [] };
  const hosts = told(declared)?.hosts ?? [];
  const nodes = hosts.map((host) => ({ name: host.name, role: host.role, address: host.privateAddress }));
  const [cluster, applications, certificates] = await Promise.all([
    askCluster(kubeconfig),
    askApplications(urls),
    readCertificates({ kubeconfig, nodes, urls: Object.values(urls).flat() }),
  ]);
  return { ...shared, now: new Date(), cluster, applications, certificates };
}

/**
 * Tells how a stack is.
 *
 * @returns whether all is as declared
 */
export async function tellStatus(subject: Subject, json: boolean): Promise<boolean> {
  const facts = await factsOf(subject);
  const text = json ? JSON.stringify(statusObject(facts)) : statusLines(facts).join("\n");
  process.stdout.write(`${text}\n`);
  return findingsOf(facts).length === 0;
}

/** The stack of this name. */
export async function ofStack(name: string): Promise<Subject> {
  return {
    stack: await stackToRead(name),
    label: name,
    commands: {
      up: `./grappe up ${name}`,
      refresh: `./grappe refresh ${name}`,
      recover: `./grappe recover ${name}`,
      check: `./grappe check ${name}`,
    },
  };
}
