import type { SshKeyPair } from "./ssh-key-pair.ts";

export interface CloudConfigArgs {
  readonly hostname: string;
  /** Made with sudo without a password; the image's own default user isn't made. */
  readonly user: string;
  /** OpenSSH's one-line form. */
  readonly authorizedKey: string;
  readonly hostKey: SshKeyPair;
}

/**
 * What cloud-init is told of every machine that we switch on, as a document of its cloud-config: no more than what makes it
 * reachable by SSH with a host key known beforehand. It counts only at the first boot, so whatever may change later is a step on
 * the host.
 */
export function cloudConfig({ hostname, user, authorizedKey, hostKey }: CloudConfigArgs) {
  return {
    hostname,
    preserve_hostname: false,
    manage_etc_hosts: "localhost",
    disable_root: true,
    ssh_pwauth: false,
    users: [
      {
        name: user,
        shell: "/bin/bash",
        lock_passwd: true,
        sudo: "ALL=(ALL) NOPASSWD:ALL",
        ssh_authorized_keys: [authorizedKey.trim()],
      },
    ],
    // The image's own keys go, and no other type is generated: the pinned key is the only one the host shows.
    ssh_deletekeys: true,
    ssh_genkeytypes: ["ed25519"],
    ssh_keys: { ed25519_private: hostKey.privateKey, ed25519_public: hostKey.publicKey },
  };
}
