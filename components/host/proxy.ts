import * as pulumi from "@pulumi/pulumi";
import { isExcepted, type SiteProxy } from "../settings/site-proxy.ts";
import { loadProgram } from "./script.ts";

/** Stands on hosts for apt and for downloads of ours: says whether an address is reached by the proxy. */
const proxyOf = loadProgram(import.meta.url, "./proxy-of.sh");

/** Who the proxy asks for; nothing where it asks for nobody. */
export interface ProxyLogin {
  readonly user: string;
  readonly password: string;
}

/** Percent-encoded so that curl, Go and systemd's environment files read the same text: letters, digits and percent signs. */
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*._~-]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** The proxy's address with its login in it (pure): secret where there is one. */
export function proxyAddress({ url }: Pick<SiteProxy, "url">, login?: ProxyLogin): string {
  if (login === undefined) return url;
  return url.replace("http://", `http://${encoded(login.user)}:${encoded(login.password)}@`);
}

/**
 * Environment by which Go's programs use the proxy (pure), as a file for systemd. Secret where there is a login.
 *
 * @param prefix `CONTAINERD_` for k3s, which gives these to its containerd and uses them nowhere else: else its jobs' pods would show
 * the login to who may read pods
 */
export function renderProxyEnvironment(proxy: SiteProxy, login: ProxyLogin | undefined, prefix = ""): string {
  const address = proxyAddress(proxy, login);
  const values = { HTTP_PROXY: address, HTTPS_PROXY: address, NO_PROXY: proxy.exceptions.join(",") };
  return Object.entries(values)
    .map(([name, value]) => `${prefix}${name}="${value}"\n`)
    .join("");
}

/** What `proxy-of.sh` reads (pure): the proxy, and what is reached without it, a line each. */
export function renderProxyRoutes({ url, exceptions }: SiteProxy): string {
  return `${[url, ...exceptions].join("\n")}\n`;
}

/**
 * apt's configuration (pure): it asks our program, as it knows no exceptions but names of its own; what stood there before doesn't count.
 * (apt.conf(5), apt-transport-http(1))
 */
export const aptProxy = `// Made by grappe; do not edit.
#clear Acquire::http::Proxy;
#clear Acquire::https::Proxy;
Acquire::http::Proxy-Auto-Detect "/usr/local/lib/grappe/proxy-of";
Acquire::https::Proxy-Auto-Detect "/usr/local/lib/grappe/proxy-of";
`;

/** The login where apt, as root alone, reads it (pure; apt_auth.conf(5)). Secret. Empty without one. */
export function renderAptLogin({ url }: SiteProxy, login: ProxyLogin | undefined): string {
  if (login === undefined) return "";
  return `# Made by grappe; do not edit.\nmachine ${url} login ${login.user} password ${login.password}\n`;
}

/** What makes curl use the proxy (pure), as a file for `--config`. Secret where there is a login. */
export function renderCurlProxy(proxy: SiteProxy, login: ProxyLogin | undefined): string {
  return `proxy = "${proxyAddress(proxy, login)}"\n`;
}

/** Runs `render` with the proxy's login, secret where there is one. */
export function withLogin(
  proxy: SiteProxy | undefined,
  render: (proxy: SiteProxy, login: ProxyLogin | undefined) => string,
): pulumi.Input<string> {
  if (proxy === undefined) return "";
  const { user, password } = proxy;
  if (user === undefined || password === undefined) return render(proxy, undefined);
  return pulumi.secret(password).apply((text) => render(proxy, { user, password: text }));
}

/** Values by which `prepare.sh` writes the proxy's files, or takes them away. */
export function proxyFiles(proxy: SiteProxy | undefined): Readonly<Record<string, pulumi.Input<string>>> {
  return {
    proxyOf: proxy === undefined ? "" : proxyOf,
    proxyRoutes: proxy === undefined ? "" : renderProxyRoutes(proxy),
    aptProxy: proxy === undefined ? "" : aptProxy,
    aptLogin: withLogin(proxy, renderAptLogin),
    curlProxy: withLogin(proxy, renderCurlProxy),
  };
}

/**
 * Values by which preflight tries the proxy.
 *
 * @param origins what hosts will ask, the first of which that isn't excepted is tried; where there is none, the host's own packages are
 */
export function proxyTrial(
  proxy: SiteProxy | undefined,
  origins: readonly string[],
): Readonly<Record<string, pulumi.Input<string>>> {
  if (proxy === undefined) return { proxyUrl: "" };
  const tried = origins.find((origin) => !isExcepted(new URL(origin).hostname, proxy.exceptions));
  return {
    proxyUrl: proxy.url,
    proxyTrial: tried ?? "",
    proxyAuthorization: withLogin(proxy, (_, login) =>
      login === undefined ? "" : Buffer.from(`${login.user}:${login.password}`).toString("base64"),
    ),
  };
}
