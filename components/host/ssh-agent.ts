import { connect } from "node:net";
import { RunError } from "@pulumi/pulumi";

/**
 * Why an SSH agent's socket can't be used, or nothing. The command plugin asks the agent that SSH_AUTH_SOCK names for
 * every connection, also for one that has a key, and fails when the agent is gone; no argument of a connection prevents it.
 * (pulumi-command 1.2.1, remote/connection.go, SSHConfig)
 *
 * @param socket the value of SSH_AUTH_SOCK
 */
export function staleAgent(socket: string | undefined): Promise<string | undefined> {
  if (socket === undefined || socket === "") return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.setTimeout(2_000);
    const give = (reason: string | undefined) => {
      connection.destroy();
      resolve(reason);
    };
    connection.once("connect", () => give(undefined));
    connection.once("timeout", () => give(staleAgentMessage(socket, "it doesn't answer")));
    connection.once("error", (error) => give(staleAgentMessage(socket, error.message)));
  });
}

/**
 * Refuses a stale agent before anything is registered.
 *
 * @throws RunError with the reason and the fix
 */
export async function refuseStaleAgent(socket: string | undefined): Promise<void> {
  const problem = await staleAgent(socket);
  if (problem !== undefined) throw new RunError(problem);
}

function staleAgentMessage(socket: string, reason: string): string {
  return (
    `SSH_AUTH_SOCK names an SSH agent that can't be used (${socket}: ${reason}), and every connection to a host would fail. ` +
    "Fix: unset SSH_AUTH_SOCK, or start the agent again (eval $(ssh-agent))"
  );
}
