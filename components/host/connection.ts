import type { types } from "@pulumi/command";
import type { Input } from "@pulumi/pulumi";

/** How SSH reaches a host. The host key is never optional: an unverified host is no host of ours. */
export type Connection = types.input.remote.ConnectionArgs & { readonly hostKey: Input<string> };

export interface ConnectionSettings {
  /** Address or DNS name of the SSH server. */
  readonly address: Input<string>;
  /** Default: 22. */
  readonly port?: number;
  readonly user: string;
  /** OpenSSH private key without a passphrase; secret. */
  readonly privateKey: Input<string>;
  /** Pinned: `ssh-ed25519 AAAA…`. */
  readonly hostKey: Input<string>;
  /** The bastion, where the host is reached through one. */
  readonly bastion?: Connection;
}

/**
 * How long a host may take until its SSH server answers: refused dials back off from 0.1 s up to 5 s, so that 60 of them
 * are about 4.4 minutes; the provider's own 10 would be 11 seconds. (pulumi-command 1.2.1, remote/connection.go)
 */
const dialErrorLimit = 60;
const perDialTimeout = 15;

/** A connection that waits for a host that still boots and takes no other host key than the pinned one. */
export function sshConnection(settings: ConnectionSettings): Connection {
  const { address, port = 22, user, privateKey, hostKey, bastion } = settings;
  const proxy: types.input.remote.ProxyConnectionArgs | undefined = bastion && {
    host: bastion.host,
    port: bastion.port,
    user: bastion.user,
    privateKey: bastion.privateKey,
    hostKey: bastion.hostKey,
    dialErrorLimit,
    perDialTimeout,
  };
  return {
    host: address,
    port,
    user,
    privateKey,
    hostKey,
    dialErrorLimit,
    perDialTimeout,
    ...(proxy === undefined ? {} : { proxy }),
  };
}
