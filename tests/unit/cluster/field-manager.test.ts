import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { withFieldManager } from "../../../components/cluster/field-manager.ts";

const annotation = { "pulumi.com/patchFieldManager": "grappe" };

describe("the name under which objects are owned", () => {
  it("is the same at every creation, beside an object's own annotations", () => {
    expect(withFieldManager({ metadata: { name: "web" }, spec: {} })).toEqual({
      metadata: { name: "web", annotations: annotation },
      spec: {},
    });
    expect(withFieldManager({ metadata: { annotations: { a: "b" } } })).toEqual({
      metadata: { annotations: { a: "b", ...annotation } },
    });
    expect(withFieldManager({})).toEqual({});
  });

  it("joins annotations that are known later", async () => {
    const props = withFieldManager({ metadata: { annotations: pulumi.output({ a: "b" }) } });
    const annotations = await new Promise((resolve) => {
      pulumi.output(props).apply((known) => resolve(Object(known.metadata).annotations));
    });
    expect(annotations).toEqual({ a: "b", ...annotation });
  });
});
