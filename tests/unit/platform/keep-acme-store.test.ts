import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { loadProgram } from "../../../components/host/script.ts";
import { shellAssignments } from "../../../components/host/shell-assignments.ts";

const exec = promisify(execFile);
const module = new URL("../../../components/platform/acme-store.ts", import.meta.url).href;
const store = (...names: readonly string[]) =>
  JSON.stringify({
    acme: { Account: {}, Certificates: names.map((main) => ({ domain: { main }, certificate: "c" })) },
  });

/** What the script writes into the Secret, where the pod's store and the Secret hold what they are given; "": nothing. */
async function kept(inPod: string | undefined, inSecret: string): Promise<string> {
  // Its kubectl: the pod's store and the Secret are what the test says, and what is applied is printed.
  const kube = `kube() {
  case $* in
    *"get pods"*) ${inPod === undefined ? ":" : "printf traefik-1"} ;;
    *exec*) printf %s ${JSON.stringify(inPod ?? "").replaceAll("$", "\\$")} ;;
    *"get secret"*) printf %s ${Buffer.from(inSecret).toString("base64")} ;;
    *create*) cat acme.json ;;
    *apply*) cat >&2 ;;
  esac
}
await_api() { :; }
`;
  const text = loadProgram(module, "./keep-acme-store.sh")
    .replace(/^umask 077$/m, (line) => `${kube}${line}`)
    .replaceAll("/run/grappe", "$(dirname $(mktemp -u))/grappe-acme-test");
  const values = shellAssignments({
    distribution: "k3s",
    namespace: "traefik",
    secret: "acme-store-1",
    file: "/data/acme-1.json",
  });
  const child = exec("bash", ["-c", text]);
  child.child.stdin?.end(values);
  return (await child).stderr;
}

describe("what the ingress got from an ACME authority", () => {
  test("is kept, and anew when there is more", async () => {
    expect(await kept(store("a.test"), "")).toBe(store("a.test"));
    expect(await kept(store("a.test", "b.test"), store("a.test"))).toBe(store("a.test", "b.test"));
  });

  test("stays where nothing changed, where there is no pod, and where a new store is still empty", async () => {
    expect(await kept(store("a.test"), store("a.test"))).toBe("");
    expect(await kept(undefined, store("a.test"))).toBe("");
    expect(await kept("", store("a.test"))).toBe("");
    expect(await kept(store(), store("a.test"))).toBe("");
  });
});
