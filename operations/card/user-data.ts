import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { cloudConfig } from "../../components/host/cloud-config.ts";
import type { SshKeyPair } from "../../components/host/ssh-key-pair.ts";
import { yaml11 } from "../../components/host/yaml-1-1.ts";
import type { CardHost } from "./card-host.ts";
import { markedHost, markLine } from "./mark.ts";

const header = "#cloud-config\n";

/** What stays of the user data after the first boot. Another instance's would make new host keys. */
function userDataAfterwards(hostname: string): string {
  const note = "Its first boot took the private host key away from here.";
  return `${header}${markLine(hostname, note)}${yaml11({ hostname, ssh_deletekeys: false })}`;
}

/**
 * `user-data` (pure): host name, user with sudo and its key, the host key, no log-in by password. Until the first boot it holds the
 * private host key; its last command takes that away, leaves the rest of the seed (without which cloud-init would take the
 * machine for another one), and switches SSH on, which Raspberry Pi OS has off.
 */
export function userData({ name, user, authorizedKey }: CardHost, hostKey: SshKeyPair): string {
  const script = readFileSync(new URL("after-first-boot.sh", import.meta.url), "utf8");
  const document = {
    ...cloudConfig({ hostname: name, user, authorizedKey, hostKey }),
    // The image's own mirrors are right for it.
    apt: { preserve_sources_list: true },
    runcmd: [["bash", "-c", script, "after-first-boot", userDataAfterwards(name)]],
  };
  const note = "It holds the host's private key until the first boot.";
  return `${header}${markLine(name, note)}${yaml11(document, { lineWidth: 0 })}`;
}

const ours = z.object({ ssh_keys: z.object({ ed25519_private: z.string() }).optional() });

/** The private host key that user data of ours holds for a host; undefined where there is none, or it is another host's. */
export function privateHostKeyIn(text: string, host: string): string | undefined {
  if (markedHost(text) !== host) return undefined;
  return ours.safeParse(parseYaml(text)).data?.ssh_keys?.ed25519_private;
}

/** A document that YAML can't read is as good as one that says something unknown. */
function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return text;
  }
}
