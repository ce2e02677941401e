import { ensurePrograms } from "../runtime/toolchain/debian-packages.ts";

const openSsh = { program: "ssh-keygen", debianPackage: "openssh-client" };

/** What hosts' scripts are run with, in name spaces of their own; and a German locale. */
const forRoot = [
  { program: "ip", debianPackage: "iproute2" },
  { program: "iptables", debianPackage: "iptables" },
  { program: "curl", debianPackage: "curl" },
  { program: "openssl", debianPackage: "openssl" },
  { program: "de_DE", debianPackage: "locales", folders: ["/usr/share/i18n/locales"] },
];

/** What tests need and a computer that has nothing lacks. */
export default async function setup(): Promise<void> {
  await ensurePrograms(process.getuid?.() === 0 ? [openSsh, ...forRoot] : [openSsh]);
}
