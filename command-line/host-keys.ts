import { jsonOption, verb } from "./verb.ts";

/** `./grappe host-keys ADDRESSES`. */
export const hostKeys = verb({
  command: "host-keys <addresses..>",
  describe: "list machines' host keys and fingerprints: ./grappe host-keys 192.168.1.11-16",
  builder: (program) =>
    program
      .usage(
        "$0 host-keys <addresses..>\n\nLogs in to nothing. Compare the fingerprints with what each machine shows on its own console:\nssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub",
      )
      .positional("addresses", {
        describe: "addresses, ranges or names",
        type: "string",
        array: true,
        demandOption: true,
      })
      .option("json", jsonOption),
  handler: async ({ addresses, json }) => {
    const { listHostKeys } = await import("../operations/host-keys/list-host-keys.ts");
    await listHostKeys(addresses.join(" "), json);
  },
});
