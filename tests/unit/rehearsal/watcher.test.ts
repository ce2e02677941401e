import { describe, expect, it } from "vitest";
import { type Disturbed, Watcher } from "../../../rehearsal/watcher.ts";

describe("the watcher", () => {
  const operation = (name: string) => ({ kind: "create" as const, urn: `urn::${name}`, name, type: "t", id: "" });

  const still: Disturbed = { kill: () => undefined, giveUp: () => undefined };

  it("lets OpenStack give up the first operation that matches, and only once", () => {
    let times = 0;
    const watcher = new Watcher(
      { giveUp: /^update .*a$/ },
      {
        ...still,
        giveUp: () => {
          times += 1;
        },
      },
    );
    watcher.enter(operation("a"));
    expect(times).toBe(0);
    for (const _ of [1, 2]) watcher.enter({ ...operation("a"), kind: "update" });
    expect(times).toBe(1);
    expect(watcher.disturbed).toBe("given up: update a");
  });

  it("fails the first match, and only once", () => {
    const watcher = new Watcher({ fail: /a$/ }, still);
    watcher.enter(operation("b"));
    expect(() => watcher.enter(operation("a"))).toThrow("was rehearsed");
    expect(() => watcher.enter(operation("a"))).not.toThrow();
    expect(watcher.disturbed).toBe("failed: create a");
  });

  it("kills after the first operation that matches, and only once", () => {
    let kills = 0;
    const watcher = new Watcher(
      { killAt: /^create .*a$/ },
      {
        ...still,
        kill: () => {
          kills += 1;
        },
      },
    );
    expect(watcher.leave({ ...operation("a"), kind: "delete" }, { seconds: 1 })).toBe(true);
    expect(watcher.leave(operation("a"), { seconds: 1 })).toBe(false);
    expect(watcher.leave(operation("a"), { seconds: 1 })).toBe(true);
    expect(kills).toBe(1);
  });

  it.each([
    [1, "before"],
    [2, "after"],
  ])("kills at operation %i, %s its effect", (killAt, when) => {
    let kills = 0;
    const watcher = new Watcher(
      { killAt },
      {
        ...still,
        kill: () => {
          kills += 1;
        },
      },
    );
    const act = (name: string) => {
      watcher.enter(operation(name));
      return watcher.leave(operation(name), { seconds: 1 });
    };
    if (killAt === 2) expect(act("first")).toBe(true);
    if (when === "before") expect(() => act("x")).toThrow("killed");
    else expect(act("x")).toBe(false);
    expect(kills).toBe(1);
    expect(() => watcher.enter(operation("y"))).toThrow("killed");
    expect(watcher.disturbed).toContain(`killed ${when} the effect of operation ${killAt}`);
    expect(watcher.takeOperations()).toHaveLength(killAt - 1);
    expect(() => watcher.enter(operation("z"))).not.toThrow();
  });
});
