import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it } from "vitest";
import { newSshKeyPair } from "../../components/host/ssh-key-pair.ts";
import { lastingChoices } from "../../components/settings/lasting/made-with.ts";
import { refuseLastingChanges } from "../../components/settings/lasting/refuse-lasting-changes.ts";
import { parseSettings } from "../../components/settings/parse.ts";
import { readSettings } from "../../components/settings/read.ts";
import { ThrowAwayStack } from "../../rehearsal/engine/throw-away-stack.ts";
import type { Life } from "../../rehearsal/life.ts";
import { installedPulumi } from "../../rehearsal/pulumi.ts";
import { CommandFailure } from "../../runtime/engine/killable-command.ts";
import type { SettingsFile } from "../../runtime/settings-files/settings-file.ts";
import { stackConfig } from "../unit/settings/stack-files.ts";
import { changed, rehearseStack, settingsOf, withRoom } from "./stack.ts";

const settings = settingsOf("pi");

/** The shop's settings with one PostgreSQL in place of three, and other addresses for pods. */
const another = withRoom(
  withRoom(settings, "apps", (apps) => ({
    ...apps,
    odoo: { ...Object(apps.odoo), postgres: { instances: 1, size: "10Gi", storageClass: "local-path" } },
  })),
  "cluster",
  (cluster) => ({ ...cluster, podCidr: "10.60.0.0/16" }),
);

/** Choices of which nothing in the state of a stack that stands says that they were made. */
function withoutSign({ configuration }: SettingsFile, { graph }: Life): string[] {
  const standing = [...graph.values()].map(({ urn, type }) => `${type}::${urn.split("::").slice(3).join("::")}`);
  return lastingChoices(parseSettings(stackConfig({ ...configuration })))
    .filter(({ standing: sign }) => !standing.some((resource) => sign.test(resource)))
    .map(({ key }) => key);
}

describe("choices that what stands can't take", () => {
  it("are known by what stands, on OpenStack too", async () => {
    const dev = settingsOf("dev");
    expect(withoutSign(dev, await rehearseStack(dev, { phases: ["up"] }))).toEqual([]);
  });

  it("are refused in a preview and in an up, all at once and before anything; what was made is remembered", async () => {
    let previewed = "";
    const life = await rehearseStack(settings, {
      change: another,
      beforeDestroy: async ({ stack }) => {
        try {
          await stack.preview();
        } catch (error) {
          if (!(error instanceof CommandFailure)) throw error;
          previewed = `${error.output.stdout}${error.output.stderr}`;
        }
      },
    });
    for (const report of [...life.problems, previewed]) {
      expect(report).toContain("The settings of stack pi have 2 problems. Nothing was touched.");
      expect(report).toMatch(
        /grappe:cluster\.podCidr\s+reason: is 10\.60\.0\.0\/16, but the cluster was made with 10\.42/,
      );
      expect(report).toMatch(
        /grappe:apps\.odoo\.postgres\.instances\s+reason: is 1, but Odoo's database was made with 3/,
      );
    }
    // The second up is refused as the first one was: what was remembered is what was made.
    expect(life.phases.map(({ op, ok }) => `${op} ${ok}`)).toEqual([
      ...["up true", "up true", "preview true", "up false", "up false", "destroy true"],
    ]);
    expect(Object.values(changed(life)).flat()).toEqual(["made-with"]);
    expect(life.leftovers).toEqual([]);
    expect(withoutSign(settings, life)).toEqual([]);
  });
});

describe("a first up that failed", () => {
  let stack: ThrowAwayStack | undefined;
  afterEach(() => stack?.remove());

  it("leaves every choice free whose thing wasn't made, and none whose thing was", async () => {
    let clusterIsMade = false;
    stack = await ThrowAwayStack.create({
      ...{ project: "grappe", stack: "pi", configuration: settings.configuration, debugProviders: "" },
      secrets: { "grappe:sshPrivateKey": newSshKeyPair().privateKey },
      installed: await installedPulumi(),
      checkpoints: false,
      program: async () => {
        await refuseLastingChanges(readSettings());
        if (!clusterIsMade) throw new pulumi.RunError("a machine isn't there");
        new pulumi.ComponentResource("command:remote:Command", "bootstrap");
      },
    });
    const podRange = (podCidr: string) =>
      withRoom(settings, "cluster", (cluster) => ({ ...cluster, podCidr })).configuration;
    expect((await stack.run("up")).output).toContain("a machine isn't there");
    stack.changeConfiguration(podRange("10.60.0.0/16"));
    clusterIsMade = true;
    expect((await stack.run("up")).ok).toBe(true);
    stack.changeConfiguration(podRange("10.61.0.0/16"));
    for (const phase of ["preview", "up", "up"] as const) {
      const { ok, output } = await stack.run(phase);
      expect(ok).toBe(false);
      expect(output).toContain("is 10.61.0.0/16, but the cluster was made with 10.60.0.0/16");
    }
    // Odoo isn't in this state: what was chosen of it is free.
    stack.changeConfiguration({ ...podRange("10.60.0.0/16"), "grappe:apps": another.configuration["grappe:apps"] });
    expect((await stack.run("up")).ok).toBe(true);
  });
});
