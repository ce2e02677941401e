import { expect, test } from "vitest";
import { change, problemsOf, stackConfig, stackFileConfig } from "./stack-files.ts";

const problems = (nodeLoss: object) =>
  problemsOf(stackConfig(change(stackFileConfig("pi"), { "cluster.nodeLoss": nodeLoss })));

test("a node counts as lost after several signs that didn't come, not one", () => {
  expect(problems({})).toEqual([]);
  expect(problems({ statusUpdateSeconds: 10, monitorGraceSeconds: 50, tolerationSeconds: 300 })).toEqual([]);
  const [problem] = problems({ statusUpdateSeconds: 10, monitorGraceSeconds: 20 });
  expect(problem?.path).toBe("grappe:cluster.nodeLoss.monitorGraceSeconds");
  expect(`${problem?.reason} ${problem?.fix}`).toMatch(/three times statusUpdateSeconds.*30 or more/);
});
