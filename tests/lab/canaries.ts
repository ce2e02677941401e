import { z } from "zod";
import { certificateKey, encryptionKey } from "../../components/cluster/cluster-secret.ts";
import type { TestLab } from "./test-lab.ts";

/** A secret of a lab's own, and where it may lie in plain text on the hosts. */
export interface Canary {
  readonly what: string;
  readonly text: string;
  readonly ownFiles: readonly RegExp[];
}

const state = z.looseObject({
  resources: z.array(z.looseObject({ urn: z.string(), outputs: z.record(z.string(), z.unknown()).optional() })),
});
const secretText = z.looseObject({ plaintext: z.string() });

/** The cluster's one secret, hexadecimal, from the state. */
async function clusterSecretOf(lab: TestLab): Promise<string> {
  const { resources } = state.parse(await lab.stack.plainState());
  const found = resources.find(({ urn }) => urn.endsWith("RandomPassword::cluster-secret"));
  const { plaintext } = secretText.parse(found?.outputs?.result);
  return z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .parse(JSON.parse(plaintext));
}

/** Every secret that a lab with kubeadm has; each long enough that nothing else can look like it. */
export async function canariesOf(lab: TestLab): Promise<readonly Canary[]> {
  const secret = await clusterSecretOf(lab);
  // From its middle: all keys begin alike.
  const clientKey = /client-key-data: \S{200}(\S{60})/.exec(lab.kubeconfig)?.[1] ?? "";
  const canaries = [
    { what: "SSH key", text: lab.stack.folder.sshKey.privateKey.split("\n")[2] ?? "", ownFiles: [] },
    { what: "cluster secret", text: secret, ownFiles: [] },
    { what: "certificate key", text: certificateKey(secret), ownFiles: [] },
    {
      what: "encryption key",
      text: encryptionKey(secret),
      ownFiles: [/^\/etc\/kubernetes\/grappe\/encryption\.yaml$/],
    },
    {
      what: "administrator's client key",
      text: clientKey,
      ownFiles: [/^\/etc\/kubernetes\/(super-)?admin\.conf$/],
    },
    { what: "stack's passphrase", text: lab.stack.folder.passphrase, ownFiles: [] },
  ];
  const short = canaries.find(({ text }) => text.length < 20);
  if (short !== undefined) throw new Error(`the lab's ${short.what} wasn't found`);
  return canaries;
}
