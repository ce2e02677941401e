import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import type { Machine } from "../schema/machines-site.ts";
import { settingPath } from "../setting-path.ts";
import { isHostKey } from "../ssh-key.ts";

/** Every machine has its host key pinned, an ed25519 or an ECDSA one, and no two machines have the same. */
export const pinnedHostKeys = rule(["site"], ({ site }) => {
  if (site.kind !== "machines") return [];
  return site.hosts.flatMap((machine, index): readonly Problem[] => {
    const path = settingPath("site", ["hosts", index, "hostKey"]);
    const fix = howToRead(machine);
    if (machine.hostKey === undefined) {
      return [{ path, reason: `is missing; without it, anybody could answer as ${machine.name}.`, fix }];
    }
    if (/^ssh-(rsa|dss)\s/.test(machine.hostKey.trim())) {
      return [
        {
          path,
          reason: "is an RSA or DSA key, by which Pulumi's provider and today's SSH servers find no common algorithm.",
          fix: `On ${machine.name}, make an ed25519 one with \`sudo ssh-keygen -A && sudo systemctl restart ssh\`. ${fix}`,
        },
      ];
    }
    if (!isHostKey(machine.hostKey)) {
      return [{ path, reason: "is no public key, `ssh-ed25519 AAAA…` (or `ecdsa-sha2-nistp256 AAAA…`).", fix }];
    }
    const twin = site.hosts.slice(0, index).find((other) => sameKey(other.hostKey, machine.hostKey));
    if (twin === undefined) return [];
    return [
      {
        path,
        reason: `is the key of ${twin.name}, too: the two were cloned from one image, or it was copied by mistake.`,
        fix: `On ${machine.name}, make new keys with \`rm /etc/ssh/ssh_host_*; dpkg-reconfigure openssh-server\`. ${fix}`,
      },
    ];
  });
});

function howToRead({ address, port }: Machine): string {
  const option = port === 22 ? "" : `-p ${port} `;
  return `Read it with \`ssh-keyscan ${option}-t ed25519,ecdsa ${address}\`, and compare it with what the machine shows on its own console: \`ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub\` (or \`…_ecdsa_key.pub\`).`;
}

const sameKey = (one: string | undefined, other: string | undefined) =>
  one !== undefined && other !== undefined && one.trim().split(/\s+/)[1] === other.trim().split(/\s+/)[1];
