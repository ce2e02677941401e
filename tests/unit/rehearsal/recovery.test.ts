import { describe, expect, it } from "vitest";
import { adopt } from "../../../rehearsal/recovery.ts";

describe("recovery", () => {
  it("takes found creations into the state and forgets the rest", () => {
    const pending = (urn: string) => ({ type: "creating", resource: { urn, type: "t", inputs: { name: urn } } });
    const deployment = {
      manifest: {},
      resources: [{ urn: "b", id: "old" }],
      pending_operations: ["a", "b", "c"].map(pending),
    };
    expect(
      adopt(deployment, [
        { urn: "a", id: "1" },
        { urn: "b", id: "2" },
      ]),
    ).toEqual({
      manifest: {},
      resources: [
        { urn: "b", id: "old", delete: true },
        { urn: "a", type: "t", inputs: { name: "a" }, id: "1", outputs: {} },
        { urn: "b", type: "t", inputs: { name: "b" }, id: "2", outputs: {} },
      ],
      pending_operations: [],
    });
  });
});
