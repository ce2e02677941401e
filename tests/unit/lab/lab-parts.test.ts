import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import type { Bundle } from "../../../components/host/bundle.ts";
import { awaitAnswer, describeAnswer } from "../../../lab/application-answer.ts";
import { partsOf, smallLab } from "../../../lab/stack/lab-settings.ts";
import { committedSettings } from "../../../lab/stack/lab-stack.ts";
import { describeParts } from "../../../lab/what-was-installed.ts";

describe("what an application answers, in one line", () => {
  test.each([
    [{ status: 200, text: "<html><head><title>\n Odoo </title></head>…" }, "200, «Odoo»"],
    [{ status: 200, text: '{"result":5}\n' }, '200, {"result":5}'],
    [{ status: 200, text: `<html>${"x".repeat(1_000)}</html>` }, "200"],
    [{ status: 404, text: "" }, "404"],
  ])("%j", (answer, line) => {
    expect(describeAnswer(answer)).toBe(line);
  });

  test("by its name, wherever that is", async () => {
    const server = createServer((request, response) => response.end(`you asked for ${request.headers.host}`));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    try {
      const { port } = server.address() as AddressInfo;
      const place = { address: "127.0.0.1" };
      const { text } = await awaitAnswer(`http://edge.lab.test:${port}/`, 5, place);
      expect(text).toBe(`you asked for edge.lab.test:${port}`);
    } finally {
      server.close();
    }
    await expect(awaitAnswer("http://127.0.0.1:1/", 0)).rejects.toThrow(/ECONNREFUSED/);
  });
});

test("a small lab takes no part of the platform; the whole one takes those of its settings", async () => {
  const committed = await committedSettings();
  expect(partsOf(committed)).toEqual(expect.arrayContaining(["local-path", "metallb", "pebble", "traefik"]));
  expect(partsOf(smallLab(committed))).toEqual([]);
  expect(smallLab(committed)["grappe:apps"]).toMatchObject({
    calculator: { replicas: 2, expose: { by: "nodePort", port: 30500 } },
    edge: { placement: { PoP: "space_1" }, expose: { by: "nodePort", port: 30600 } },
  });
});

test("what was installed says of each image and chart where it came from", () => {
  const artifact = { architecture: "any", file: "f", sha256: "0".repeat(64), size: 1, version: "0.16.1" } as const;
  const bundle: Bundle = {
    directory: "/b",
    artifacts: [
      { ...artifact, name: "metallb", kind: "chart", origin: "release" },
      {
        ...artifact,
        name: "quay.io/metallb/speaker",
        version: "v0.16.1",
        kind: "image",
        origin: "source",
        builtFrom: "go.universe.tf/metallb@v0.16.1",
      },
    ],
  };
  expect(describeParts(bundle, ["metallb"])).toEqual([
    "metallb: quay.io/metallb/controller:v0.16.1 (missing)",
    "metallb: quay.io/metallb/speaker:v0.16.1 (built here: go.universe.tf/metallb@v0.16.1)",
    "metallb: chart metallb 0.16.1 (official)",
  ]);
});
