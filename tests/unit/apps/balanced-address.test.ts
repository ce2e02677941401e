import { expect, test } from "vitest";
import { inTurn, runWithStandIns } from "./run-with-stand-ins.ts";

/** Odoo's pod ends with each of these exit codes in turn, and the last for good. */
const tell = (...codes: readonly number[]) =>
  runWithStandIns({
    beside: "apps/odoo/odoo.ts",
    script: "./balanced-address.sh",
    before: "# A pod",
    values: {
      ...{ distribution: "kubeadm", namespace: "odoo", deployment: "odoo" },
      ...{ url: "http://192.0.2.7", revision: "1" },
    },
    standIns: `
tries=$(mktemp)
kube() {
  ${inTurn(codes.map(String))}
  printf 'asked %s, given %s' "$*" "$(cat)"
  return "$given"
}
sleep() { SECONDS=$((SECONDS + 10)); }`,
  });

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
