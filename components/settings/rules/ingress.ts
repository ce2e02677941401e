import { exposedApps, ingressNames } from "../exposures.ts";
import type { Problem } from "../problem.ts";
import { rule } from "../rule.ts";
import { settingPath } from "../setting-path.ts";

/** Who is reached by the ingress has one. */
export const ingressForExposures = rule(["platform", "apps"], ({ platform, apps }) => {
  if (platform.ingress !== undefined) return [];
  return exposedApps(apps)
    .filter((each) => each.by === "ingress")
    .map(({ app, path }) => ({
      path: `${path}.by`,
      reason: `is ingress, but there is none to lead to ${app}.`,
      fix: "Write `ingress: {}` in grappe:platform, or expose it by loadBalancer or nodePort.",
    }));
});

/** The ingress is itself reached by an address of the load balancer. */
export const loadBalancerForIngress = rule(["platform"], ({ platform }) => {
  if (platform.ingress === undefined || platform.loadBalancer !== "none") return [];
  return [
    {
      path: settingPath("platform", ["loadBalancer"]),
      reason: "is none, so the ingress would never get an address.",
      fix: "Write `loadBalancer: metallb`, or remove `ingress`.",
    },
  ];
});

/** Certificates are asked for and used by the ingress. */
export const ingressForCertificates = rule(["platform"], ({ platform }) => {
  if (platform.certificates.authority === "none" || platform.ingress !== undefined) return [];
  return [
    {
      path: settingPath("platform", ["certificates", "authority"]),
      reason: `is ${platform.certificates.authority}, but there is no ingress to use its certificates.`,
      fix: "Write `ingress: {}` in grappe:platform, or `authority: none`.",
    },
  ];
});

/** A root of one's own is for an authority of one's own. */
export const caServerForCaRoot = rule(["platform"], ({ platform: { certificates } }) => {
  if (certificates.authority !== "letsEncrypt" || certificates.caRoot === undefined) return [];
  if (certificates.caServer !== undefined) return [];
  return [
    {
      path: settingPath("platform", ["certificates", "caRoot"]),
      reason: "says whom to trust, but no `caServer` says whom to ask; Let's Encrypt is trusted without.",
      fix: "Write the authority's ACME directory as `caServer`, or remove `caRoot`.",
    },
  ];
});

/** No two things answer to the same name, below the same path. */
export const ingressNamesOnce = rule(["platform", "apps"], ({ platform, apps }) => {
  const names = ingressNames(platform, apps);
  return names.flatMap(({ host, path, prefix }, index): readonly Problem[] => {
    const earlier = names.slice(0, index).find((other) => other.host === host && other.prefix === prefix);
    if (earlier === undefined) return [];
    const name = prefix === "/" ? host : `${host}${prefix}`;
    const fix = "Choose another name, or for one that is declared another `path` of it.";
    return [{ path, reason: `${name} is the name of ${earlier.path}, too.`, fix }];
  });
});

/** Ends of names that no public authority certifies (RFC 2606, 6761, 6762, 8375 and customs). */
const privateEndings = [
  "lan",
  "local",
  "localhost",
  "internal",
  "intranet",
  "corp",
  "home",
  "home.arpa",
  "test",
  "example",
  "invalid",
  "onion",
];

const isPrivateName = (name: string) =>
  !name.includes(".") || privateEndings.some((ending) => name.endsWith(`.${ending}`));

/** Domains whose mail Let's Encrypt refuses to take for anybody's (boulder, its forbidden mail domains). */
const forbiddenMail = ["example.com", "example.net", "example.org"];

/** Let's Encrypt takes an e-mail address only of a public domain. */
export const mailForLetsEncrypt = rule(["platform"], ({ platform: { certificates } }) => {
  if (certificates.authority !== "letsEncrypt" || certificates.caServer !== undefined) return [];
  const domain = certificates.email.slice(certificates.email.lastIndexOf("@") + 1).toLowerCase();
  if (!isPrivateName(domain) && !forbiddenMail.some((end) => domain === end || domain.endsWith(`.${end}`))) return [];
  return [
    {
      path: settingPath("platform", ["certificates", "email"]),
      reason: `is of ${domain}, where nobody gets mail; Let's Encrypt refuses it.`,
      fix: "Write an address that you read.",
    },
  ];
});

/** Let's Encrypt certifies public names only. */
export const publicNamesForLetsEncrypt = rule(["platform", "apps"], ({ platform, apps }) => {
  const { certificates } = platform;
  if (certificates.authority !== "letsEncrypt" || certificates.caServer !== undefined) return [];
  return ingressNames(platform, apps)
    .filter(({ host }) => isPrivateName(host))
    .map(({ host, path }) => ({
      path,
      reason: `${host} is a private name, which Let's Encrypt can't certify.`,
      fix: "Use a name of a public domain that leads here; or `authority: own`, a company's own `caServer`, or `pebble` for development.",
    }));
});
