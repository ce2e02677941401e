import { describe, expect, it } from "vitest";
import { changed, rehearseStack, settingsOf, withRoom } from "./stack.ts";

const exposed = (address: string) => ({ by: "loadBalancer", address });
const oneShop = withRoom(settingsOf("pi"), "apps", ({ odoo }) => ({
  odoo: { ...Object(odoo), expose: exposed("192.168.1.151") },
}));
const twoShops = withRoom(oneShop, "apps", ({ odoo }) => ({
  odoo,
  outlet: { ...Object(odoo), kind: "odoo", expose: exposed("192.168.1.152") },
}));

describe("two shops in one cluster", () => {
  it("stand beside each other, and the one goes without the other", async () => {
    const life = await rehearseStack(twoShops, { change: oneShop });
    expect(life.problems).toEqual([]);
    expect(life.leftovers).toEqual([]);
    const { delete: gone = [], ...others } = changed(life);
    expect(gone).toContain("outlet-release");
    expect(gone.filter((name) => !name.startsWith("outlet"))).toEqual([]);
    expect(others).toEqual({ update: ["made-with"] });
  });
});
