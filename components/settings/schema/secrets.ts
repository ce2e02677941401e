import { z } from "zod";

/** The encrypted settings. Each is a top-level key of its own, so that Pulumi itself says whether it is encrypted. */
export const secrets = z.strictObject({
  sshPrivateKey: z.string().describe("OpenSSH private key, without a passphrase, that logs in to every host."),
  applicationCredentialSecret: z.string().optional().describe("Secret of the OpenStack application credential."),
  etcdS3SecretKey: z.string().optional().describe("Secret key of the S3 account for etcd snapshots."),
  backupSecretKey: z.string().optional().describe("Secret key of the S3 account for grappe:platform.backup."),
  dnsCredentials: z
    .string()
    .optional()
    .describe("JSON object: environment variable of the DNS challenge's provider to its value."),
  proxyPassword: z.string().optional().describe("Password of the user of the site's HTTP proxy."),
  registryPasswords: z.string().optional().describe("JSON object: registry name to password."),
});

export type SecretName = keyof z.output<typeof secrets>;
