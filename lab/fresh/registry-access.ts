import { cp, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { isInstalled, run } from "../../runtime/subprocess.ts";

/**
 * How this computer reaches the registries of its packages. A fresh computer stands in the same network, so that it is given the
 * same: addresses of mirrors and proxies, certificate authorities, name servers; nothing that is installed.
 */

/** Variables by which programs find proxies and certificate authorities. */
const networkVariables = ["http_proxy", "https_proxy", "no_proxy", "all_proxy"];
const authorityVariables = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"];
const goVariables = ["GOPROXY", "GOSUMDB", "GONOSUMDB", "GONOPROXY", "GOPRIVATE", "GOINSECURE", "GOFLAGS"];

/** Picks (pure), of the output of `apt-config dump`, what says how packages are reached, such as a proxy. */
export function aptAccess(dump: string): string {
  const lines = dump.split("\n").filter((line) => /^Acquire::(https?|Check-|Retries|Force)/i.test(line));
  return lines.map((line) => `${line}\n`).join("");
}

/**
 * Picks (pure) the name servers that another network namespace reaches too.
 *
 * @param upstream what systemd-resolved asks, where this computer asks itself
 */
export function nameServers(resolvConf: string, upstream: string): string {
  const isLocal = /^nameserver\s+(127\.|::1)/m.test(resolvConf);
  return isLocal && upstream !== "" ? upstream : resolvConf;
}

/** Picks (pure), of an environment, the variables about proxies, in either spelling. */
export function proxyVariables(environment: NodeJS.ProcessEnv): Record<string, string> {
  const isWanted = (name: string): boolean => networkVariables.includes(name.toLowerCase());
  const entries = Object.entries(environment).flatMap(([name, value]) =>
    isWanted(name) && value !== undefined && value !== "" ? [[name, value] as const] : [],
  );
  return Object.fromEntries(entries);
}

const textOf = (file: string): Promise<string> => readFile(file, "utf8").catch(() => "");

async function copyFile(from: string, to: string): Promise<void> {
  if (
    !(await stat(from).then(
      (entry) => entry.isFile(),
      () => false,
    ))
  )
    return;
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to);
}

/** Authorities of this computer's own, which Debian keeps apart from those of the package ca-certificates. */
async function copyAuthorities(root: string): Promise<Record<string, string>> {
  const own = "/usr/local/share/ca-certificates";
  const names = await readdir(own).catch(() => []);
  if (names.length > 0) {
    await cp(own, join(root, own), { recursive: true, dereference: true });
    await run(["chroot", root, "update-ca-certificates"]);
  }
  const variables: Record<string, string> = {};
  for (const name of authorityVariables) {
    const file = process.env[name];
    if (file === undefined || file === "") continue;
    await copyFile(file, join(root, file));
    variables[name] = file;
  }
  return variables;
}

async function copyApt(root: string): Promise<void> {
  const { stdout } = await run(["apt-config", "dump"]).catch(() => ({ stdout: "" }));
  await writeFile(join(root, "etc", "apt", "apt.conf.d", "90access"), aptAccess(stdout));
}

async function copyNpm(root: string, npm: string): Promise<void> {
  // npm tells what it runs about its own configuration in variables, which would be taken for the user's.
  const own = Object.keys(process.env).filter((name) => /^npm_/i.test(name));
  const env = Object.fromEntries(own.map((name) => [name, undefined]));
  const fileOf = async (kind: string): Promise<string> =>
    (await run([npm, "config", "get", kind], { env, cwd: "/" })).stdout.trim();
  await copyFile(await fileOf("userconfig"), join(root, "root", ".npmrc"));
  await copyFile(await fileOf("globalconfig"), join(root, "usr", "local", "etc", "npmrc"));
}

async function goAccess(): Promise<Record<string, string>> {
  if (!(await isInstalled("go"))) return {};
  const { stdout } = await run(["go", "env", ...goVariables], { cwd: homedir() });
  const values = stdout.split("\n");
  const entries = goVariables.map((name, index) => [name, values[index] ?? ""] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}

/**
 * Gives a root file system this computer's ways to the registries.
 *
 * @param npm path of the npm whose configuration counts
 * @returns the variables that say the rest
 */
export async function giveRegistryAccess(root: string, npm: string): Promise<Readonly<Record<string, string>>> {
  const [resolvConf, upstream] = await Promise.all([
    textOf("/etc/resolv.conf"),
    textOf("/run/systemd/resolve/resolv.conf"),
  ]);
  await writeFile(join(root, "etc", "resolv.conf"), nameServers(resolvConf, upstream));
  await copyApt(root);
  await copyNpm(root, npm);
  return { ...(await copyAuthorities(root)), ...(await goAccess()), ...proxyVariables(process.env) };
}
