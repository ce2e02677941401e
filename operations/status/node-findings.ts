import { nodeLabels, nodeTaints, taintText } from "../../components/cluster/node-labels.ts";
import type { HostPlan } from "../../components/settings/settings.ts";
import type { Declared, Finding } from "./facts.ts";
import type { Condition, NodeObject } from "./objects.ts";

const controlPlaneLabel = "node-role.kubernetes.io/control-plane";

export function roleOf({ metadata }: NodeObject): "server" | "agent" {
  return controlPlaneLabel in metadata.labels ? "server" : "agent";
}

export function addressOf({ status }: NodeObject): string {
  return status.addresses.find(({ type }) => type === "InternalIP")?.address ?? "?";
}

const conditionOf = ({ status }: NodeObject, type: string): Condition | undefined =>
  status.conditions.find((condition) => condition.type === type);

export function isReady(node: NodeObject): boolean {
  return conditionOf(node, "Ready")?.status === "True";
}

/** A version as the kubelet and the API server write it: settings of kubeadm leave the `v` out. */
export function versionText(version: string): string {
  return version.startsWith("v") ? version : `v${version}`;
}

/** What a node is, in a few words: `Ready`, `Ready, cordoned`, `NotReady: KubeletNotReady`. */
export function stateOf(node: NodeObject): string {
  const ready = conditionOf(node, "Ready");
  const isIt = isReady(node) ? "Ready" : `NotReady: ${ready?.message || ready?.reason || "the kubelet says nothing"}`;
  return node.spec.unschedulable ? `${isIt}, cordoned` : isIt;
}

/** Labels of ours that a node lacks or has otherwise, and those that it still has of earlier settings. */
function labelFindings(host: HostPlan, { metadata }: NodeObject, up: string): readonly Finding[] {
  const about = host.name;
  const wanted = nodeLabels(host);
  const before = (metadata.annotations["grappe.dev/labels"] ?? "").split(",").filter((name) => name !== "");
  const fix = (change: string) =>
    `if the settings were changed: ${up}; else: kubectl label node ${about} --overwrite ${change}`;
  const different = Object.entries(wanted)
    .filter(([name, value]) => metadata.labels[name] !== value)
    .map(([name, value]) => {
      const is = metadata.labels[name];
      const problem = `label ${name} is ${is === undefined ? "missing" : is}, declared is ${value}`;
      return { about, problem, fix: fix(`${name}=${value}`) };
    });
  const left = before
    .filter((name) => name in metadata.labels && !(name in wanted))
    .map((name) => ({ about, problem: `label ${name} isn't declared any more`, fix: fix(`${name}-`) }));
  return [...different, ...left];
}

function taintFindings(host: HostPlan, node: NodeObject, { cluster }: Declared, up: string): readonly Finding[] {
  const about = host.name;
  const wanted = nodeTaints(host, cluster).map(taintText);
  const present = node.spec.taints.map(({ key, value = "", effect }) => `${key}=${value}:${effect}`);
  const idOf = (text: string) => text.replace(/=[^:]*:/, ":");
  const before = (node.metadata.annotations["grappe.dev/taints"] ?? "").split(",").filter((id) => id !== "");
  const fix = (change: string) =>
    `if the settings were changed: ${up}; else: kubectl taint node ${about} --overwrite ${change}`;
  const missing = wanted
    .filter((text) => !present.includes(text))
    .map((text) => ({ about, problem: `taint ${text} is missing`, fix: fix(text) }));
  const left = before
    .filter((id) => present.map(idOf).includes(id) && !wanted.map(idOf).includes(id))
    .map((id) => ({ about, problem: `taint ${id} isn't declared any more`, fix: fix(`${id}-`) }));
  return [...missing, ...left];
}

function comparedWith(declared: Declared, host: HostPlan, node: NodeObject, up: string): readonly Finding[] {
  const about = host.name;
  const compared: readonly (readonly [string, string, string])[] = [
    ["role", roleOf(node), host.role],
    ["address", addressOf(node), host.privateAddress],
    ["version", node.status.nodeInfo.kubeletVersion, versionText(declared.cluster.version)],
  ];
  const different = compared
    .filter(([, is, wanted]) => is !== wanted)
    .map(([what, is, wanted]) => ({
      about,
      problem: `its ${what} is ${is}, declared is ${wanted}`,
      fix: up,
    }));
  return [...different, ...labelFindings(host, node, up), ...taintFindings(host, node, declared, up)];
}

/** What a node says of itself, whatever was declared. */
function ownFindings(node: NodeObject): readonly Finding[] {
  const about = node.metadata.name;
  const findings: Finding[] = [];
  if (!isReady(node))
    findings.push({
      about,
      problem: stateOf({ ...node, spec: { ...node.spec, unschedulable: false } }),
      fix: "see that it runs and has network; on it: journalctl -u kubelet -u k3s -u k3s-agent -n 100",
    });
  if (node.spec.unschedulable)
    findings.push({ about, problem: "it is cordoned: no new pods run there", fix: `kubectl uncordon ${about}` });
  for (const { type, status, message } of node.status.conditions)
    if (type.endsWith("Pressure") && status === "True") findings.push({ about, problem: `${type}: ${message}` });
  return findings;
}

/** Nodes (pure) that are missing or extra, not Ready, or not as declared. */
export function nodeFindings(
  nodes: readonly NodeObject[],
  declared: Declared | undefined,
  up: string,
): readonly Finding[] {
  const hosts = declared?.hosts ?? [];
  const byName = new Map(nodes.map((node) => [node.metadata.name, node]));
  const names = new Set(hosts.map(({ name }) => name));
  const missing = hosts
    .filter(({ name }) => !byName.has(name))
    .map(({ name, privateAddress }) => ({
      about: name,
      problem: "it is declared, but no node of the cluster",
      fix: `if it is new: ${up}; else see that ${privateAddress} runs`,
    }));
  const extra = nodes
    .filter(({ metadata }) => declared !== undefined && !names.has(metadata.name))
    .map(({ metadata }) => ({
      about: metadata.name,
      problem: "it is a node of the cluster that the settings don't name",
      fix: `if it was removed from the settings: ${up}`,
    }));
  const different = hosts.flatMap((host) => {
    const node = byName.get(host.name);
    return node === undefined || declared === undefined ? [] : comparedWith(declared, host, node, up);
  });
  return [...missing, ...extra, ...nodes.flatMap(ownFindings), ...different];
}
