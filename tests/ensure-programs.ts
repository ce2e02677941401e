import { ensurePrograms } from "../lab/toolchain/debian-packages.ts";

const openSsh = { program: "ssh-keygen", debianPackage: "openssh-client" };
const germanLocale = { program: "de_DE", debianPackage: "locales", folders: ["/usr/share/i18n/locales"] };

/** What tests compare ours with, on a computer that has neither: OpenSSH's own keys, and a German locale where root's tests run. */
export default async function setup(): Promise<void> {
  await ensurePrograms(process.getuid?.() === 0 ? [openSsh, germanLocale] : [openSsh]);
}
