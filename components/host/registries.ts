import { RunError } from "@pulumi/pulumi/errors.js";
import type { ArtifactsSettings } from "../settings/schema/artifacts.ts";
import { yaml11 } from "./yaml-1-1.ts";

type Registries = ArtifactsSettings["registries"];

/** Password by registry name; registries without a user need none. */
export type RegistryPasswords = Readonly<Record<string, string>>;

/** The cleanup takes away files that begin so. */
const madeByGrappe = "# Made by grappe; do not edit.";

/** The server that is asked when no mirror answers. */
function registryServer(registry: string): string {
  return registry === "docker.io" ? "https://registry-1.docker.io" : `https://${registry}`;
}

function credentials(
  registry: string,
  username: string,
  passwords: RegistryPasswords,
): { username: string; password: string } {
  const password = passwords[registry];
  if (password === undefined) {
    throw new RunError(
      `grappe:artifacts.registries.${registry} has a username, and no password stands in grappe:registryPasswords. ` +
        `Fix: pulumi config set --secret grappe:registryPasswords '{"${registry}": "…"}'`,
    );
  }
  return { username, password };
}

/**
 * Whether a mirror is reached at a path of its own, such as Harbor's `/v2/dockerhub`: containerd would put `/v2` behind it. k3s, which
 * writes hosts.toml itself, sees to it alike (its pkg/agent/containerd/config.go).
 */
const hasOwnPath = (endpoint: string) => !["", "/", "/v2", "/v2/"].includes(new URL(endpoint).pathname);

/**
 * containerd's `hosts.toml` files by registry, for `/etc/containerd/certs.d/<registry>/hosts.toml`. Holds passwords:
 * secret, mode 0600. (containerd's docs/hosts.md)
 *
 * @throws if a registry has a username and no password
 */
export function containerdHosts(registries: Registries, passwords: RegistryPasswords): Record<string, string> {
  return Object.fromEntries(
    Object.entries(registries).map(([registry, { endpoints, username }]) => {
      const header = [madeByGrappe, `server = ${JSON.stringify(registryServer(registry))}`];
      const hosts = endpoints.flatMap((endpoint) => {
        const table = [
          "",
          `[host.${JSON.stringify(endpoint)}]`,
          '  capabilities = ["pull", "resolve"]',
          ...(hasOwnPath(endpoint) ? ["  override_path = true"] : []),
        ];
        if (username === undefined) return table;
        const { password } = credentials(registry, username, passwords);
        const basic = Buffer.from(`${username}:${password}`).toString("base64");
        return [...table, `  [host.${JSON.stringify(endpoint)}.header]`, `    Authorization = "Basic ${basic}"`];
      });
      return [registry, `${[...header, ...hosts].join("\n")}\n`];
    }),
  );
}

/**
 * k3s's `/etc/rancher/k3s/registries.yaml`. Holds passwords: secret, mode 0600. Empty without registries.
 * (https://docs.k3s.io/installation/private-registry)
 *
 * @throws if a registry has a username and no password
 */
export function k3sRegistries(registries: Registries, passwords: RegistryPasswords): string {
  const entries = Object.entries(registries);
  if (entries.length === 0) return "";
  const mirrors = Object.fromEntries(entries.map(([registry, { endpoints }]) => [registry, { endpoint: endpoints }]));
  const configs = entries.flatMap(([registry, { endpoints, username }]) => {
    if (username === undefined) return [];
    const auth = credentials(registry, username, passwords);
    return endpoints.map((endpoint): [string, unknown] => [new URL(endpoint).host, { auth }]);
  });
  return yaml11({ mirrors, ...(configs.length === 0 ? {} : { configs: Object.fromEntries(configs) }) });
}
