import { describe, expect, it } from "vitest";
import { formerProgram } from "./former/former-program.ts";
import { smallDev } from "./small-dev.ts";
import { changed, rehearseStack, settingsOf } from "./stack.ts";

const settings = { pi: () => settingsOf("pi"), dev: () => settingsOf("dev"), "a small cloud": smallDev };

describe.each(Object.entries(settings))("what the program of 4cdc1d7 has made of %s", (_name, read) => {
  it("goes on: steps run again in place, nothing is made anew, no node leaves", async () => {
    const life = await rehearseStack(read(), { former: await formerProgram() });
    expect(life.problems).toEqual([]);
    const { update = [], ...others } = changed(life);
    expect(others).toEqual({});
    expect(update.length).toBeGreaterThan(10);
    expect(life.leftovers).toEqual([]);
  });
});
