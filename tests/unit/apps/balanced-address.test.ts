import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { loadScript } from "../../../components/host/script.ts";
import { shellAssignments } from "../../../components/host/shell-assignments.ts";

const { text } = loadScript(
  new URL("../../../components/apps/odoo/odoo.ts", import.meta.url).href,
  "./balanced-address.sh",
);

const values = {
  distribution: "kubeadm",
  namespace: "odoo",
  deployment: "odoo",
  url: "http://192.0.2.7",
  revision: "1",
};

/** Odoo's pod ends with each of these exit codes in turn, and the last for good. */
function tell(...codes: readonly number[]) {
  const standIns = `
tries=$(mktemp)
kube() {
  echo >> "$tries"
  printf 'asked %s, given %s' "$*" "$(cat)"
  local codes=(${codes.join(" ")}) at=$(($(wc -l < "$tries") - 1))
  return "\${codes[at < \${#codes[@]} ? at : \${#codes[@]} - 1]}"
}
sleep() { SECONDS=$((SECONDS + 10)); }
# A pod`;
  const script = text.replace("\n# A pod", () => standIns);
  return spawnSync("bash", ["--norc", "-c", script], { input: shellAssignments(values), encoding: "utf8" });
}

test("Odoo is told its address on its standard input, again while a pod is being replaced", () => {
  expect(tell(1, 1, 0)).toMatchObject({ status: 0 });
});

test("what Odoo says against it is told, with the fix", () => {
  const { status, stderr } = tell(1);
  expect(status).toBe(1);
  expect(stderr).toContain("Odoo was not told that people reach it at http://192.0.2.7:");
  expect(stderr).toContain("given http://192.0.2.7");
  expect(stderr).toContain("Fix:");
});
