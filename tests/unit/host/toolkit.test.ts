import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadScript } from "../../../components/host/script.ts";
import { commandAsRoot, stepCommand } from "../../../components/host/step-command.ts";
import { tarArchive } from "../../../components/host/toolkit/tar-archive.ts";
import { ownToolkit, type Toolkit, toolkitOf } from "../../../components/host/toolkit/toolkit.ts";
import { hasNamespaces, inOwnNamespace } from "./own-namespace.ts";

const component = (path: string) => new URL(`../../../components/${path}`, import.meta.url);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("an archive", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "grappe-tar-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("is what tar unpacks, of any length, and the same bytes for the same files", () => {
    const files = { "b/c.sh": "x".repeat(512), "a.sh": "it's ö\n", "b/empty.sh": "" };
    writeFileSync(join(folder, "a.tar"), tarArchive(files));
    expect(spawnSync("tar", ["-xf", "a.tar"], { cwd: folder }).status).toBe(0);
    for (const [path, text] of Object.entries(files)) expect(readFileSync(join(folder, path), "utf8")).toBe(text);
    const turned = Object.fromEntries(Object.entries(files).reverse());
    expect(tarArchive(turned).equals(tarArchive(files))).toBe(true);
  });

  test("has no path that is cut off", () => {
    expect(() => tarArchive({ ["x".repeat(101)]: "" })).toThrow("too long");
  });
});

describe("our toolkit", () => {
  test("has every step's script as it is loaded, and what runs it, in little room", () => {
    const { files, archive, sha256: hash } = ownToolkit();
    const preflight = loadScript(component("host/preflight/preflight.ts").href, "./preflight.sh");
    expect(files[preflight.path]).toBe(preflight.text);
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(["host/as-root.sh", "host/toolkit/run-step.sh", "cluster/kubeadm/agent.sh"]),
    );
    expect(archive.length).toBeLessThan(200_000);
    expect(createHash("sha256").update(gunzipSync(archive)).digest("hex")).toBe(hash);
  });
});

const wrappers = ["host/as-root.sh", "host/toolkit/run-step.sh", "host/detached.sh", "host/framed-answer.sh"];

/** A toolkit with one script, that does what `body` says. */
function withScript(body: string): Toolkit & { readonly demo: { readonly path: string; readonly sha256: string } } {
  const text = `#!/usr/bin/env bash\n# grappe-step: demo\neval "$(cat)"\n${body}\n`;
  const own = Object.fromEntries(wrappers.map((path) => [path, readFileSync(component(path), "utf8")]));
  return { ...toolkitOf({ ...own, "host/demo.sh": text }), demo: { path: "host/demo.sh", sha256: sha256(text) } };
}

const receive = readFileSync(component("host/toolkit/receive-toolkit.sh"), "utf8");
const delivery = ({ hash, sha256: sum }: Toolkit) => commandAsRoot(["sh", "-c", receive, "grappe-toolkit", hash, sum]);

describe.runIf(hasNamespaces)("on a host", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "grappe-toolkit-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Shell for the name space: brings a toolkit. */
  function bring(toolkit: Toolkit): string {
    writeFileSync(join(folder, toolkit.hash), toolkit.archive);
    writeFileSync(join(folder, `${toolkit.hash}.command`), delivery(toolkit));
    return `sh ${join(folder, `${toolkit.hash}.command`)} < ${join(folder, toolkit.hash)}\n`;
  }

  /** Shell for the name space: runs a step by its toolkit. */
  function step(name: string, command: string, values = "value='a b'"): string {
    writeFileSync(join(folder, name), command);
    return `sh ${join(folder, name)} <<< "${values}"\n`;
  }

  const onMachine = (script: string) => inOwnNamespace(script, ["/var/lib", "/usr/local/lib"]);
  const run = { name: "pi-1-demo", deadlineSeconds: 20, detached: false };

  test("a step runs from there with its values, deadline and answer, and without it says so", async () => {
    const toolkit = withScript(`echo "got $value"; [[ $value != 'a b' ]] || exit 3`);
    const command = stepCommand(toolkit.demo, { ...run, answer: { pattern: /^got .*/ } });
    const lines = `${step("missing", command)}`;
    const gone = await onMachine(lines);
    expect(gone.code).toBe(78);
    expect(gone.stderr).toMatch(/grappe's scripts are gone from this machine\. Fix: /);
    const failing = await onMachine(`${bring(toolkit)}${step("failing", command)}`);
    expect(failing).toMatchObject({ code: 3, stdout: "got a b\n" });
    const answering = await onMachine(`${bring(toolkit)}${step("answering", command, "value='c'")}`);
    expect(answering).toMatchObject({
      code: 0,
      stdout: "--- answer of grappe ---\ngot c\n--- end of the answer ---\n",
    });
    const slow = withScript("sleep 30");
    const late = stepCommand(slow.demo, { ...run, deadlineSeconds: 1 });
    expect(await onMachine(`${bring(slow)}${step("late", late)}`)).toMatchObject({ code: 124 });
  });

  test("a newer edition takes an older one's place, and leaves what isn't an edition", async () => {
    const [older, newer] = [withScript("echo old"), withScript("echo new")];
    const lib = "/usr/local/lib/grappe";
    const others = `mkdir -p ${lib}/kubernetes/v1; echo mine > ${lib}/keep-images; mkdir ${lib}/.toolkit-new\n`;
    const ended = await onMachine(
      `${others}${bring(older)}${bring(newer)}${bring(newer)}ls -A ${lib}; readlink ${lib}/toolkit; stat -c %a ${lib}/toolkit/ ${lib}/toolkit/host/demo.sh`,
    );
    expect(ended.stderr).toBe("");
    expect(ended.stdout.trim().split("\n").toSorted()).toEqual(
      [newer.hash, ".toolkit.lock", "keep-images", "kubernetes", "toolkit", newer.hash, "755", "644"].toSorted(),
    );
  });

  test("a step doesn't run another edition of its script; what is deleted runs whichever is there", async () => {
    const [older, newer] = [withScript("echo old"), withScript("echo new")];
    const refused = await onMachine(`${bring(newer)}${step("refused", stepCommand(older.demo, run))}`);
    expect(refused.code).toBe(78);
    expect(refused.stderr).toContain("the step pi-1-demo needs another edition of host/demo.sh");
    const deleting = stepCommand(older.demo, { ...run, anyEdition: true });
    expect(await onMachine(`${bring(newer)}${step("deleting", deleting)}`)).toMatchObject({ code: 0, stdout: "new\n" });
  });

  test("a step that runs goes on when a newer edition comes", async () => {
    const [older, newer] = [withScript("sleep 1.5\necho still here"), withScript("echo new")];
    const both = `${bring(older)}${step("long", stepCommand(older.demo, run)).trimEnd()} & sleep 0.5\n${bring(newer)}wait $!\n`;
    expect(await onMachine(both)).toMatchObject({ code: 0, stdout: "still here\n" });
  });

  test("a damaged or cut off archive changes nothing, and the next one comes as ever", async () => {
    const [older, newer] = [withScript("echo old"), withScript("echo new")];
    const cut = `${bring(newer)
      .trimEnd()
      .replace(/< (\S+)$/, "< <(head -c 3000 $1)")} && echo taken\n`;
    const ended = await onMachine(
      `${bring(older)}${cut}readlink /usr/local/lib/grappe/toolkit\n${bring(newer)}readlink /usr/local/lib/grappe/toolkit\n`.replace(
        " && echo taken",
        " || true",
      ),
    );
    expect(ended.stderr).toMatch(/the archive arrived damaged/);
    expect(ended.stdout.trim().split("\n")).toEqual([older.hash, newer.hash]);
  });

  test("the values are nowhere in the command, and it is short", () => {
    const script = loadScript(component("cluster/membership.ts").href, "./membership.sh");
    expect(stepCommand(script, run).length).toBeLessThan(600);
    expect(existsSync(component(script.path))).toBe(true);
  });
});
