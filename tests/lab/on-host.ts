import { connect, execute } from "../../components/host/cleanup/ssh-connection.ts";
import { listHosts } from "../../lab/hardware/hosts.ts";
import type { TestLab } from "./test-lab.ts";

/** Runs a command on a host of a lab over SSH, with the pinned key, and returns what it said; throws if it failed. */
export async function onHost(lab: TestLab, host: string, command: string, input = ""): Promise<string> {
  const found = (await listHosts(lab.name)).find(({ name }) => name === host);
  if (found === undefined) throw new Error(`no host ${host}`);
  const { privateKey } = lab.stack.folder.sshKey;
  const { adminAddress: address, hostKey } = found;
  const result = await connect({ address, port: 22, user: "grappe", privateKey, hostKey }, 20_000);
  if ("failure" in result) throw new Error(`${host}: ${result.failure.kind}: ${result.failure.reason}`);
  try {
    const { code, output } = await execute(result.client, command, input);
    if (code !== 0) throw new Error(`${host}: ${command}: ${output}`);
    return output.trim();
  } finally {
    result.client.end();
  }
}
