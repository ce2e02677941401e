import type { PlatformSettings } from "./schema/platform.ts";

/** Whether certificates are got from an ACME authority, and kept on a volume of the ingress'. */
export function isFromAcme({ authority }: PlatformSettings["certificates"]): boolean {
  return authority === "pebble" || authority === "letsEncrypt";
}
