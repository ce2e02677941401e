import type { Client } from "ssh2";
import { type CommandOutput, type Logging, OutputCollector } from "./command-output.ts";

export interface RemoteRun {
  readonly command: string;
  readonly stdin?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logging: Logging;
  logged(line: string): void;
}

/** Runs a command in an SSH session, to its end: like the official one, it can't be cancelled. */
export function runRemotely(client: Client, run: RemoteRun): Promise<CommandOutput> {
  const { promise, resolve, reject } = Promise.withResolvers<CommandOutput>();
  const collector = new OutputCollector(run.logging, run.logged);
  const lost = () =>
    reject(collector.failure("wait: remote command exited without exit status or exit signal", run.command));
  client.once("close", lost);
  client.exec(run.command, { env: { ...run.environment } }, (error, channel) => {
    if (error) {
      reject(collector.failure(error.message, run.command));
      return;
    }
    let ending = "wait: remote command exited without exit status or exit signal";
    channel.setEncoding("utf8").on("data", (text: string) => collector.stdout(text));
    channel.stderr.setEncoding("utf8").on("data", (text: string) => collector.stderr(text));
    channel.on("exit", (code: number | null, signal?: string) => {
      ending =
        code === null ? `Process exited with status 128 from signal ${signal}` : `Process exited with status ${code}`;
    });
    channel.on("close", () => {
      client.off("close", lost);
      if (ending === "Process exited with status 0") resolve(collector.output);
      else reject(collector.failure(ending, run.command));
    });
    channel.end(run.stdin ?? "");
  });
  return promise;
}
