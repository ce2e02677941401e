import { describe, expect, it } from "vitest";
import { describeOutputs, outputLines, plainOutput } from "../../../operations/outputs.ts";

const outputs = {
  urls: { value: { odoo: ["http://10.0.0.1"] }, secret: false },
  kubeconfig: { value: "apiVersion: v1\n", secret: true },
};

describe("a stack's outputs", () => {
  it("hide secrets unless they are asked for", () => {
    expect(describeOutputs(outputs)).toEqual({ urls: { odoo: ["http://10.0.0.1"] }, kubeconfig: "[secret]" });
    expect(describeOutputs(outputs, true)).toMatchObject({ kubeconfig: "apiVersion: v1\n" });
    expect(outputLines(describeOutputs(outputs))).toEqual([
      'urls: {"odoo":["http://10.0.0.1"]}',
      "kubeconfig: [secret]",
    ]);
  });

  it("are printed one by one as they are, for a file", () => {
    expect(plainOutput(outputs, "kubeconfig")).toBe("apiVersion: v1\n");
    expect(JSON.parse(plainOutput(outputs, "urls"))).toEqual({ odoo: ["http://10.0.0.1"] });
    expect(() => plainOutput(outputs, "url")).toThrow("url: The stack has no such output. It has: kubeconfig, urls.");
  });
});
