import { parse } from "yaml";
import { Refusal } from "./refusal.ts";
import { connect } from "./ssh.ts";
import type { World } from "./world.ts";

/** What `components/host/cleanup-session.ts` is told on its stdin. */
interface Session {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly privateKey: string;
  readonly hostKey: string;
}

/**
 * Simulates the one program of ours that runs on the operator's computer: `cleanup-session.ts`, which reaches a host, and in
 * the end takes off it all that is ours.
 *
 * @throws Refusal for any other program
 */
export function runHere(
  world: World,
  command: string | undefined,
  stdin: string,
): { readonly stdout: string; readonly seconds: number } {
  const verb = /components\/host\/cleanup-session\.ts (reach|clean)$/.exec(command ?? "")?.[1];
  if (verb === undefined)
    throw new Refusal(`The rehearsal doesn't know this command on this computer: ${command ?? "(none)"}`);
  const { address, port, user, privateKey, hostKey }: Session = parse(stdin);
  const machine = connect(world, { host: address, port, user, privateKey, hostKey }, undefined);
  if (verb === "reach") return { stdout: `${machine.name} answers with its pinned host key`, seconds: 1 };
  machine.marks.clear();
  machine.member = undefined;
  // Containers that are stopped, mounts, rules and files: measured at some ten seconds on the lab's hosts.
  return { stdout: `${machine.name} is clean`, seconds: 12 };
}
