import type { CardHost } from "./card-host.ts";
import { markLine } from "./mark.ts";

/** A TOML basic string is JSON's, but for DEL, which none of our values holds. */
const quoted = (text: string) => JSON.stringify(text);

/**
 * `custom.toml` (pure), which Raspberry Pi OS reads up to bookworm: host name, user (its password locked, sudo as the image's
 * own user has it) and key. It has no word for a host key or an address.
 */
export function customToml({ name, user, authorizedKey }: Pick<CardHost, "name" | "user" | "authorizedKey">): string {
  return `${markLine(name)}config_version = 1

[system]
hostname = ${quoted(name)}

[user]
name = ${quoted(user)}

[ssh]
enabled = true
password_authentication = false
authorized_keys = [${quoted(authorizedKey)}]
`;
}
