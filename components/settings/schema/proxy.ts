import ipaddr from "ipaddr.js";
import { z } from "zod";
import { isHostName, loginWord } from "./endpoint.ts";

const isAddress = (text: string) => ipaddr.IPv4.isValidFourPartDecimal(text);

const parts = /^http:\/\/([^/:?#@\s]+):([1-9]\d{0,4})\/?$/i;

function proxyFault(text: string): string | undefined {
  const [, host = "", port = ""] = parts.exec(text) ?? [];
  if ((isHostName(host) || isAddress(host)) && Number(port) <= 65_535) return undefined;
  if (/^\w+:\/\/[^/]*@/.test(text))
    return "an address with a user or password in it, which everybody reads who sees this file; write `user`, and the password as the secret grappe:proxyPassword";
  if (/^(https|socks\w*):/i.test(text))
    return "not an HTTP proxy's address; write one that begins with http://, by which encrypted connections pass as well";
  if (/^http:\/\/[^/:?#@\s]+\/?$/i.test(text))
    return "without a port, in whose place every program takes another one; write it, such as http://proxy.example.org:3128";
  return "not a proxy's address; write http://, its name or address and its port, such as http://proxy.example.org:3128";
}

const proxyAddress = z.string().superRefine((text, context) => {
  const message = proxyFault(text);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

function isNetwork(text: string): boolean {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) return false;
  return ipaddr.IPv4.networkAddressFromCIDR(text).toString() === text.split("/")[0];
}

/** What apt, curl, containerd and k3s understand alike; `*` and ports they don't. */
const exception = z
  .string()
  .refine(
    (text) => isAddress(text) || isNetwork(text) || isHostName(text.replace(/^\./, "")),
    "neither an address, a network nor a name; write one of them without scheme, port or asterisk, such as 192.168.7.0/24, registry.shop.lan or .shop.lan",
  );

/** The HTTP proxy by which the hosts reach what isn't of the site. */
export const proxy = z
  .strictObject({
    url: proxyAddress.describe("Its address, such as http://proxy.example.org:3128."),
    noProxy: z
      .array(exception)
      .default([])
      .describe(
        "Further addresses, networks and names that are reached without it; a name stands for all below it, too. The site's own are.",
      ),
    user: loginWord.optional().describe("Its password stands in the secret grappe:proxyPassword."),
  })
  .optional()
  .describe(
    "HTTP proxy for what hosts load: packages, programs, images, snapshots on their way to S3. Pods don't get it.",
  );

export type ProxySettings = NonNullable<z.output<typeof proxy>>;
