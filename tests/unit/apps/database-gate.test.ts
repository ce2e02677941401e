import { expect, test } from "vitest";
import { inTurn, runWithStandIns } from "./run-with-stand-ins.ts";

/** The cluster says each of these in turn, and the last for good; every `sleep` lets ten seconds go by. */
const gate = (...answers: readonly string[]) =>
  runWithStandIns({
    beside: "apps/odoo/odoo.ts",
    script: "./database-gate.sh",
    before: "ours()",
    values: {
      ...{ distribution: "kubeadm", namespace: "odoo", cluster: "odoo-database", instances: "3" },
      ...{ revision: "2", deadline: "60" },
    },
    standIns: `
tries=$(mktemp)
kube() {
  case " $* " in
    *" /readyz "*) ;;
    *" logs "*) echo '[pod/odoo-database-3-join-x/join] waiting for checkpoint to complete' ;;
    *)
      ${inTurn(answers)}
      printf '%b' "$given" ;;
  esac
}
sleep() { SECONDS=$((SECONDS + 10)); }`,
  });

test("passes once all instances are ready", () => {
  const ended = gate("1\\nSetting up primary", "2\\nCreating a new replica", "3\\nCluster in healthy state");
  expect(ended.stderr).toBe("");
  expect(ended.status).toBe(0);
});

test("says meanwhile what the one that joins is at, and at its end what to do", () => {
  const ended = gate("2\\nCreating a new replica");
  const words =
    "2 of 3 instances are ready, Creating a new replica, [pod/odoo-database-3-join-x/join] waiting for checkpoint to complete";
  expect(ended.stderr).toContain(`waiting for the database: ${words}\n`);
  expect(ended.stderr).toContain(`the database odoo/odoo-database isn't whole after 60 s: ${words}.`);
  expect(ended.status).toBe(1);
});

test("a cluster that says nothing yet has none", () => {
  expect(gate("\\n").stderr).toContain("0 of 3 instances are ready");
});
