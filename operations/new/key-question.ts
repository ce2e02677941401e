import type { Interview } from "./interview.ts";
import { proposedKeyFile } from "./ssh-private-key.ts";

/** Asks for the file of the private key that logs in; its text is read by `readPrivateKey`. */
export async function askKeyFile(interview: Interview): Promise<string> {
  return await interview.ask({
    option: "key",
    message: "File of the SSH private key that logs in",
    proposal: await proposedKeyFile(),
    read: (text) => text.trim(),
  });
}
