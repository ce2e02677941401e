import { expect, test } from "vitest";
import { areTargetsMet, bringUpTable } from "../../../lab/bench/bench-table.ts";
import { objectsOf } from "../../../lab/bench/end-state.ts";

const times = { size: "1+2", floor: 40, ours: 50, noOp: 4.94, agentAdded: 14.9 };

test("the table has the ratio to the floor, and what is met", () => {
  expect(bringUpTable([times]).split("\n").slice(2)).toEqual([
    "| bring-up 1+2 | 40.0 | 50.0 | 1.25 | ≤ 1.25 | met |",
    "| second up 1+2, nothing to do |  | 4.9 |  | < 5 s | met |",
    "| agent added to 1+2 |  | 14.9 |  | < 15 s | met |",
  ]);
  expect(areTargetsMet([times])).toBe(true);
});

test.each([{ ours: 50.1 }, { noOp: 5 }, { agentAdded: 15 }])("%j misses a target", (change) => {
  const missed = { ...times, ...change };
  expect(areTargetsMet([times, missed])).toBe(false);
  expect(bringUpTable([missed])).toContain("missed");
});

test("the floor's objects are those of the state, namespaces first", () => {
  const resources = [
    { type: "kubernetes:apps/v1:Deployment", inputs: { kind: "Deployment" } },
    { type: "command:remote:Command", inputs: { create: "true" } },
    { type: "kubernetes:core/v1:Namespace", inputs: { kind: "Namespace" } },
    { type: "grappe:apps:Edge" },
  ];
  const state = JSON.stringify({ checkpoint: { latest: { resources } } });
  expect(objectsOf(state)).toEqual([{ kind: "Namespace" }, { kind: "Deployment" }]);
});
