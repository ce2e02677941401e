import { jsonOption, stackArgument, verb } from "./verb.ts";

/** `./grappe card STACK HOST --boot FOLDER`. */
export const card = verb({
  command: "card <stack> <host>",
  describe: "write a Raspberry Pi's card, so that it is a host from its first boot on",
  builder: (program) =>
    program
      .usage(
        `$0 card <stack> <host> --boot <folder>

After the image was written to a Raspberry Pi's card or disk (by Raspberry Pi Imager without customisation, or by
dd): writes host name, user, key and fixed address onto its boot partition, and a host key that is made here and
pinned in the stack's settings. Then the Pi is switched on, and up knows it. A second time it changes nothing.
Until the first boot the boot partition holds the host's private key; the first boot takes it away from there.`,
      )
      .positional("stack", stackArgument)
      .positional("host", { describe: "name of the host, as in grappe:site.hosts", type: "string", demandOption: true })
      .option("boot", {
        describe: "folder where the card's first partition (bootfs, system-boot) is mounted",
        type: "string",
        demandOption: true,
        requiresArg: true,
      })
      .option("public-key", {
        describe: "file of the public key that may log in; default: the one of the stack's grappe:sshPrivateKey",
        type: "string",
        requiresArg: true,
      })
      .option("new-host-key", {
        describe: "make and pin a new host key though one is pinned: the host will be another machine",
        type: "boolean",
        default: false,
      })
      .option("force", {
        describe: "overwrite what Imager or somebody else wrote for the first boot",
        type: "boolean",
        default: false,
      })
      .option("json", jsonOption),
  handler: async ({ stack, host, boot, publicKey, newHostKey, force, json }) => {
    const { writeCard } = await import("../operations/card/card.ts");
    const { publicKeyIn, stackPublicKey } = await import("../operations/card/authorized-key.ts");
    const { describeCard } = await import("../operations/card/describe-card.ts");
    const { projectFolder } = await import("../operations/stack-names.ts");
    const result = await writeCard({
      project: projectFolder,
      stack,
      host,
      boot,
      authorizedKey: () => (publicKey === undefined ? stackPublicKey(stack) : publicKeyIn(publicKey)),
      force,
      newHostKey,
    });
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${describeCard(stack, result).join("\n")}\n`);
  },
});
