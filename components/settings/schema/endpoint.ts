import ipaddr from "ipaddr.js";
import { z } from "zod";

const label = "[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?";
const namePattern = new RegExp(`^${label}(\\.${label})*$`);
const isAddress = (text: string) => ipaddr.IPv4.isValidFourPartDecimal(text);

/** A host's name as resolvers take it, of one label or several; numbers and dots alone are an address or nothing. */
export const isHostName = (text: string) => text.length <= 253 && namePattern.test(text) && !/^[\d.]+$/.test(text);

/** Where something is reached: an IPv4 address or a name, without port or scheme. */
export const hostNameOrAddress = z
  .string()
  .refine(
    (text) => isAddress(text) || isHostName(text),
    "neither an IPv4 address nor a host's name; write one of them alone, without a scheme or port, such as 192.168.1.10 or pi-1.lan",
  );

const subdomain = /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** What kubeadm takes into the API's certificate (cmd/kubeadm/app/apis/kubeadm/validation, ValidateCertSANs), and k3s with it. */
export const certificateName = z.string().refine(
  (text) =>
    // Go's net.ParseIP knows no zone of an address (fe80::1%eth0).
    ipaddr.isValid(text) && !text.includes("%")
      ? isAddress(text) || ipaddr.IPv6.isValid(text)
      : text.length <= 253 && subdomain.test(text) && !/^[\d.]+$/.test(text),
  "neither a lower-case DNS name nor an address; write one of them alone, such as api.example.org",
);

function urlOf(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

const hasBlank = (text: string) => /[\s\p{Cc}]/u.test(text);

/** An address on the web without anything in it that would be lost or be read by everybody: a query, a fragment, a password. */
export const webAddress = z.string().superRefine((text, context) => {
  const message = webAddressFault(text);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

function webAddressFault(text: string): string | undefined {
  const url = urlOf(text);
  const host = url?.hostname ?? "";
  if (url === undefined || !/^https?:\/\//i.test(text) || hasBlank(text) || (!isHostName(host) && !isAddress(host)))
    return "not an address on the web; write one that begins with https://, such as https://mirror.example.org";
  if (url.username !== "" || url.password !== "")
    return "an address with a user or password in it, which everybody reads who sees this file; remove them";
  if (url.search !== "" || url.hash !== "" || /[?#]/.test(text))
    return "an address with a query or fragment, which what is asked for would follow; remove it";
  return undefined;
}

/** Like `webAddress`, encrypted. */
export const secureAddress = webAddress.refine(
  (text) => !/^http:/i.test(text),
  "unencrypted; write an address that begins with https://",
);

/** Names under which Docker Hub is reached; references never hold them (distribution/reference, normalize.go). */
const dockerHub = ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "hub.docker.com"];

/** A registry as it stands before the first slash of an image's reference: a name with a dot, a port, or `localhost`. */
export const registryName = z.string().superRefine((text, context) => {
  const message = registryFault(text);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

function registryFault(text: string): string | undefined {
  if (dockerHub.includes(text)) return "never in an image's reference; write docker.io";
  const [host = "", port, ...others] = text.split(":");
  const isPort = port === undefined || (/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535);
  const isHost = isAddress(host) || (isHostName(host) && host === host.toLowerCase());
  const isDomain = host.includes(".") || port !== undefined || host === "localhost";
  if (others.length === 0 && isPort && isHost && isDomain) return undefined;
  return "not a registry's name; write it as it stands in an image's reference, without scheme or path, such as docker.io or registry.example.org:5000";
}

/** An S3 server as minio's client and curl take it: a name or address, and a port. */
export const s3Endpoint = z.string().refine((text) => {
  const [host = "", port, ...others] = text.split(":");
  const isPort = port === undefined || (/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535);
  return others.length === 0 && isPort && (isAddress(host) || isHostName(host));
}, "not an S3 server; write its name alone, without scheme or path, and a port where it isn't 443, such as s3.example.org:9000");

/** A bucket's name (S3's rules; minio-go, pkg/s3utils, CheckValidBucketNameStrict). */
export const bucketName = z
  .string()
  .refine(
    (text) => /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(text) && !/\.\.|\.-|-\./.test(text) && !isAddress(text),
    "not a bucket's name; write 3 to 63 lower-case letters, digits, dots and hyphens",
  );

/** A region of S3 or OpenStack. */
export const regionName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/,
    "not a region's name; write letters, digits, hyphens, dots and underscores",
  );

/** A folder inside of a bucket; empty for none. */
export const bucketFolder = z
  .string()
  .regex(
    /^([A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*)?$/,
    "not a folder of a bucket; write names with slashes between them, none at the ends, such as shops/berlin",
  );

/** A name or key that travels in one line of a file: no blank, no control character. */
export const plainWord = z
  .string()
  .regex(/^[!-~]{1,256}$/, "not one word; write letters, digits and signs without blanks");

/** Who logs in somewhere: a colon would end it (HTTP's basic authorization; curl's `user`). */
export const loginWord = plainWord.refine(
  (text) => !text.includes(":"),
  "a name with a colon, which ends it; write it without",
);

/** The name or id of something in OpenStack. */
export const cloudName = z
  .string()
  .max(255)
  .regex(/^[^\s\p{Cc}]([^\p{Cc}]*[^\s\p{Cc}])?$/u, "not a name; write it without blanks at its ends and on one line");
