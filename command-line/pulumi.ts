import { verb } from "./verb.ts";

/** `./grappe pulumi …`: what follows is the Pulumi CLI's own. */
export const pulumi = verb({
  command: "pulumi",
  describe: "the Pulumi CLI itself, in the right version: ./grappe pulumi stack history --stack pi",
  builder: {},
  handler: () => undefined,
});
