import { ensurePrograms } from "../lab/toolchain/debian-packages.ts";

/** What tests compare ours with, on a computer that has neither: OpenSSH's own keys, and a real German locale. */
export default async function setup(): Promise<void> {
  await ensurePrograms([
    { program: "ssh-keygen", debianPackage: "openssh-client" },
    { program: "de_DE", debianPackage: "locales", folders: ["/usr/share/i18n/locales"] },
  ]);
}
