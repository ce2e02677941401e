import { verb } from "./verb.ts";

/** `./grappe lock`. */
export const lock = verb({
  command: "lock",
  describe: "write the SHA-256 of everything that the stacks download into artifacts.lock.json, as publishers say now",
  builder: {},
  handler: async () => {
    const { lockArtifacts } = await import("../operations/lock.ts");
    process.stdout.write(`${await lockArtifacts()}\n`);
  },
});
