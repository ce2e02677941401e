import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { keptImages } from "../../../components/cluster/kubeadm/keep-images-units.ts";
import { imageArchives } from "../../../components/cluster/node-needs.ts";
import type { ArtifactRequest } from "../../../components/host/artifacts/install-plan.ts";
import type { BundleArtifact } from "../../../components/host/bundle.ts";

const run = promisify(execFile);
const script = new URL("../../../components/cluster/kubeadm/keep-images.sh", import.meta.url).pathname;

/**
 * Stands for containerd: a file of references with their labels, and one of containers with their images; an archive holds the
 * references that its own file lists.
 */
const fakeCtr = `#!/usr/bin/env bash
set -euo pipefail
[[ $1 = --namespace ]] && shift 2
if [[ $1 = containers ]]; then
  cat "$STATE.containers" 2> /dev/null || true
  exit
fi
shift
echo "$*" >> "$STATE.calls"
case $1 in
  list) cat "$STATE" ;;
  import) cat "$2" >> "$STATE" ;;
  label) sed -i "s|^$2 .*|$2 - $3|" "$STATE" ;;
esac
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "grappe-keep-images-"));
  await writeFile(join(folder, "ctr"), fakeCtr);
  await chmod(join(folder, "ctr"), 0o755);
  await writeFile(join(folder, "archive"), "a.test/one:1 -\na.test/two:1 -\n");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function keep(present: string): Promise<{ readonly state: string; readonly calls: readonly string[] }> {
  const state = join(folder, "state");
  await writeFile(state, present);
  await writeFile(`${state}.calls`, "");
  const archive = join(folder, "archive");
  const list = join(folder, "list");
  const references = ["a.test/one:1", "a.test/two:1"];
  await writeFile(list, keptImages(references.map((reference) => ({ file: archive, reference }))));
  await run("bash", [script, list, join(folder, "kept")], {
    env: { PATH: `${folder}:${process.env.PATH}`, STATE: state },
  });
  const calls = (await readFile(`${state}.calls`, "utf8")).trim().split("\n");
  return { state: await readFile(state, "utf8"), calls };
}

describe("the bundle's images on a node", () => {
  test("are put back where they are gone, an archive once, and marked as not to be collected", async () => {
    const { state, calls } = await keep("");
    expect(state).toBe(
      "a.test/one:1 - io.cri-containerd.pinned=pinned\na.test/two:1 - io.cri-containerd.pinned=pinned\n",
    );
    expect(calls.filter((call) => call.startsWith("import"))).toHaveLength(1);
  });

  test("cost one look where all is well", async () => {
    const pinned = "io.cri-containerd.pinned=pinned";
    const { calls } = await keep(`a.test/one:1 - ${pinned}\na.test/two:1 - ${pinned}\n`);
    expect(calls).toEqual(["list"]);
  });

  test("of an earlier bundle lose the mark, and their archives go, once nothing runs them", async () => {
    const former = join(folder, "former");
    await writeFile(former, "a.test/old:1 -\n");
    const pinned = "io.cri-containerd.pinned=pinned";
    const here = `a.test/one:1 - ${pinned}\na.test/two:1 - ${pinned}\na.test/old:1 - ${pinned}\n`;
    await keep(here);
    const shared = `${join(folder, "archive")} a.test/one:1\n${join(folder, "archive")} a.test/two:1`;
    await writeFile(join(folder, "kept"), `${former} a.test/old:1\n${shared}\n`);
    await writeFile(
      join(folder, "state.containers"),
      "CONTAINER IMAGE RUNTIME\nabc a.test/old:1 io.containerd.runc.v2\n",
    );
    expect((await keep(here)).state).toBe(here);
    expect(await readFile(former, "utf8")).toContain("old");
    await writeFile(join(folder, "state.containers"), "CONTAINER IMAGE RUNTIME\n");
    expect((await keep(here)).calls).toEqual(["list", "label a.test/old:1 io.cri-containerd.pinned="]);
    await expect(readFile(former, "utf8")).rejects.toThrow("ENOENT");
    expect(await readFile(join(folder, "archive"), "utf8")).toContain("one");
    // It is forgotten then.
    expect((await keep(here)).calls).toEqual(["list"]);
  });

  test("an image of almost the same name is another one", async () => {
    const { calls } = await keep("a.test/one:10 - x\na.test/two:1 - x\n");
    expect(calls.filter((call) => call.startsWith("import"))).toHaveLength(1);
  });
});

test("room for a bundle's images: each archive once, of the host's architecture", () => {
  const image = (name: string, file: string, architecture: "amd64" | "arm64"): BundleArtifact => ({
    name,
    kind: "image",
    version: "1",
    architecture,
    file,
    sha256: "0".repeat(64),
    size: 10 * 1024 * 1024,
    origin: "release",
  });
  const artifacts = [
    image("a", "one", "amd64"),
    image("b", "one", "amd64"),
    image("c", "two", "amd64"),
    image("a", "three", "arm64"),
  ];
  const source = { mirrors: {}, lock: {}, bundle: { directory: "/b", artifacts } };
  const place = (file: string) => ({ destination: { file: `/i/${file}.tar` } });
  const requests: ArtifactRequest[] = [
    { image: "a", version: "1", ...place("one") },
    { image: "b", version: "1", ...place("one") },
    { image: "c", version: "1", ...place("two") },
    { name: "kubelet", version: "v1.36.3", destination: { file: "/usr/local/bin/kubelet" } },
  ];
  expect(imageArchives(source, { architecture: "amd64" }, requests)).toEqual([
    { file: "/i/one.tar", bytes: 10 * 1024 * 1024 },
    { file: "/i/two.tar", bytes: 10 * 1024 * 1024 },
  ]);
  expect(imageArchives(source, { architecture: "arm64" }, requests)).toHaveLength(1);
  expect(imageArchives({ mirrors: {}, lock: {} }, { architecture: "amd64" }, requests)).toEqual([]);
});
