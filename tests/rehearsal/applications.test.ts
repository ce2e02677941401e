import { expect, it } from "vitest";
import { allApplications, platformOfPage } from "../unit/docs/applications-page.ts";
import { changed, rehearseStack, settingsOf, withRoom } from "./stack.ts";

/** The Raspberry Pis' stack with applications in place of its shop. */
function withApplications(apps: Readonly<Record<string, unknown>>) {
  const platform = withRoom(settingsOf("pi"), "platform", (fields) => ({ ...fields, ...platformOfPage }));
  return withRoom(platform, "apps", () => ({ ...apps }));
}

it("docs/applications.md: all its applications come up, stay the same, and leave nothing; a changed one changes alone", async () => {
  const { hello, valkey, worker: _, ...rest } = allApplications;
  const after = {
    ...rest,
    hello: { ...hello, files: { "/usr/share/nginx/html/index.html": "<h1>Good evening</h1>" } },
    valkey: { ...valkey, secrets: { PASSWORD: { generate: "password", revision: 2 } } },
  };
  const life = await rehearseStack(withApplications(allApplications), { change: withApplications(after) });
  expect(life.problems).toEqual([]);
  expect(life.leftovers).toEqual([]);
  expect(life.leaks).toEqual([]);
  const { create: _created, ...others } = changed(life);
  expect(others).toMatchObject({
    replace: ["hello-files", "valkey-password:PASSWORD", "valkey-secrets"],
    // Of the worker, which goes, nothing is remembered any more.
    update: ["hello-workload-deployment", "made-with", "valkey-workload-deployment"],
  });
  expect(others.delete?.every((name) => name.startsWith("worker"))).toBe(true);
});
