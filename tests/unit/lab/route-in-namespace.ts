/**
 * Runs in a network namespace of its own (routes.test.ts): carries out the given commands, then makes sure that the bridge `br0` is
 * the way into 10.3.4.0/24. Prints the bridge's address, or why that failed.
 */
import type { ContainerEngine } from "../../../lab/hardware/container-engine.ts";
import { ensureRoute } from "../../../lab/hardware/routes.ts";
import { run } from "../../../runtime/subprocess.ts";

const nothing = (): never => {
  throw new Error("not asked for");
};
const engine: ContainerEngine = {
  kind: "podman",
  mayRaiseLimits: false,
  run: async () => ({ code: 0, stdout: '[{"network_interface": "br0"}]', stderr: "" }),
  ensureNetworking: nothing,
  hasImage: nothing,
  importImage: nothing,
};

await run(["ip", "link", "set", "lo", "up"]);
for (const command of process.argv.slice(2)) {
  const [program = "ip", ...parameters] = command.split(" ");
  await run([program, ...parameters]);
}
const network = { subnet: "10.3.4.0/24", gateway: "10.3.4.1" };
const reached = new Map([["10.3.4.5", "host server-1"]]);
try {
  await ensureRoute(engine, { name: "n", network, reached, instead: "take another lab" });
  const { stdout } = await run(["ip", "-oneline", "-4", "address", "show", "dev", "br0"]);
  process.stdout.write(
    stdout
      .match(/inet (\S+)/g)
      ?.join(" ")
      .replaceAll("inet ", "") ?? "none",
  );
} catch (error) {
  process.stdout.write(error instanceof Error ? error.message : String(error));
}
