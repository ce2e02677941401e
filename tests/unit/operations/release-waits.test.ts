import { setTimeout as delay } from "node:timers/promises";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { type ReleaseName, ReleaseWaits } from "../../../operations/release-waits.ts";

const urnOf = (name: string) => `urn:pulumi:pi::grappe::kubernetes:helm.sh/v3:Release::${name}`;
const metadata = (name: string, type = "kubernetes:helm.sh/v3:Release") => ({
  op: "create" as const,
  urn: urnOf(name),
  type,
  provider: "",
});
const state = (name: string) => ({
  urn: urnOf(name),
  type: "",
  id: "",
  parent: "",
  provider: "",
  custom: true,
  delete: false,
  protect: false,
  retainOnDelete: false,
  inputs: { name, namespace: `${name}-system` },
  outputs: {},
});
const event = (body: Partial<EngineEvent>): EngineEvent => ({ sequence: 0, timestamp: 0, ...body });
const begun = (name: string, type?: string) =>
  event({ resourcePreEvent: { metadata: { ...metadata(name, type), new: state(name) } } });
const ended = (name: string) => event({ resOutputsEvent: { metadata: metadata(name) } });

test("a release that is under way for long says what it waits for, until it ends", async () => {
  const said: [string, string][] = [];
  const looked: ReleaseName[] = [];
  const look = async (release: ReleaseName) => {
    looked.push(release);
    return `pod of ${release.name}`;
  };
  const waits = new ReleaseWaits(look, (urn, line) => said.push([urn, line]), { quiet: 30, interval: 10 });
  waits.event(begun("metallb"));
  waits.event(begun("quick"));
  waits.event(begun("other", "kubernetes:core/v1:Service"));
  waits.event(ended("quick"));
  await delay(80);
  expect(said).toEqual([[urnOf("metallb"), "pod of metallb"]]);
  expect(looked[0]).toEqual({ name: "metallb", namespace: "metallb-system" });
  waits.stop();
  const looks = looked.length;
  await delay(40);
  expect(looked.length).toBe(looks);
});
