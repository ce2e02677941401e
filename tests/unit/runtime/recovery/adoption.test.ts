import { describe, expect, it } from "vitest";
import { describeRecovery } from "../../../../operations/describe-recovery.ts";
import { adopt, adoptionOf, type Candidate, knownObjects } from "../../../../runtime/recovery/adoption.ts";
import {
  type Deployment,
  parseDeployment,
  pendingCreations,
  pendingUninstallations,
  releaseType,
  writtenAt,
} from "../../../../runtime/state/deployment.ts";

const urn = (name: string) => `urn:pulumi:dev::grappe::net::${name}`;
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "…" };
const pending = (name: string, type = "creating") => ({
  type,
  resource: { urn: urn(name), type: "net", inputs: { name, key: secret, __defaults: [] }, parent: urn("site") },
});

function deploymentOf(resources: object[], operations: object[]): Deployment {
  return parseDeployment({ manifest: { magic: 1 }, resources, pending_operations: operations });
}

function adopted(deployment: Deployment, found: Readonly<Record<string, Candidate>>) {
  const adoptions = pendingCreations(deployment).flatMap((creation) => {
    const candidate = found[creation.name];
    return candidate === undefined ? [] : [{ creation, found: candidate }];
  });
  return adopt(deployment, adoptions);
}

describe("what a killed creation left", () => {
  const [creation] = pendingCreations(deploymentOf([], [pending("a")]));
  if (creation === undefined) throw new Error("no creation");
  const candidates = [
    { id: "1", description: "network one" },
    { id: "2", description: "network two" },
  ];

  it("is what the state doesn't know, by type: an interface has its port's id", () => {
    const known = knownObjects(deploymentOf([{ urn: urn("x"), type: "net", id: "1" }], []));
    expect(adoptionOf(creation, candidates, known)?.found.id).toBe("2");
    const otherType = knownObjects(deploymentOf([{ urn: urn("x"), type: "port", id: "1" }], []));
    expect(adoptionOf(creation, candidates.slice(0, 1), otherType)?.found.id).toBe("1");
    expect(adoptionOf(creation, [], known)).toBeUndefined();
  });

  it("is nobody's guess: two candidates are both named", () => {
    expect(() => adoptionOf(creation, candidates, new Set())).toThrow(
      /network one \(1\) and network two \(2\).*Nothing/s,
    );
  });

  it("is asked for once, without secrets and a bridge's own entries", () => {
    const creations = pendingCreations(deploymentOf([], [pending("a"), pending("a"), pending("b", "updating")]));
    expect(creations).toEqual([{ urn: urn("a"), type: "net", name: "a", inputs: { name: "a" } }]);
  });
});

describe("a state", () => {
  it("says when it was written, or nothing", () => {
    const time = "2026-11-21T10:58:11.623208697Z";
    expect(writtenAt(parseDeployment({ manifest: { time } }))).toBe(Date.parse("2026-11-21T10:58:11.623Z"));
    expect(writtenAt(parseDeployment({}))).toBe(0);
  });
});

describe("adoption", () => {
  const found = { id: "7", description: "network a" };

  it("takes found objects into the state and forgets the rest; what is theirs stays encrypted", () => {
    const { deployment, toRefresh } = adopted(
      deploymentOf([{ urn: urn("site"), type: "t" }], [pending("a"), pending("b")]),
      {
        a: found,
      },
    );
    expect(toRefresh).toEqual([urn("a")]);
    expect(deployment).toEqual({
      manifest: { magic: 1 },
      resources: [
        { urn: urn("site"), type: "t" },
        { ...pending("a").resource, id: "7", outputs: { id: "7", name: "a" } },
      ],
      pending_operations: [],
    });
  });

  it("leaves a second object of a resource that stands to be deleted", () => {
    const standing = { urn: urn("a"), type: "net", id: "3" };
    const { deployment, toRefresh } = adopted(deploymentOf([standing], [pending("a")]), { a: found });
    expect(deployment.resources).toMatchObject([standing, { urn: urn("a"), id: "7", delete: true }]);
    expect(toRefresh).toEqual([]);
  });

  it("takes the place of one that was deleted to be made anew, before those that depend on it", () => {
    const replaced = { urn: urn("a"), type: "net", id: "3", pendingReplacement: true };
    const dependent = { urn: urn("z"), type: "net", id: "4", dependencies: [urn("a")] };
    const { deployment, toRefresh } = adopted(deploymentOf([replaced, dependent], [pending("a")]), { a: found });
    expect(deployment.resources.map(({ id }) => id)).toEqual(["7", "4"]);
    expect(deployment.resources[0]).not.toHaveProperty("pendingReplacement");
    expect(toRefresh).toEqual([urn("a")]);
  });

  it("lets the next run make anew what was cut off in between", () => {
    const { deployment, toRefresh } = adopted(deploymentOf([], [pending("a")]), {
      a: { ...found, unfinished: "replace" },
    });
    expect(deployment.resources).toMatchObject([{ id: "7", taint: true }]);
    expect(toRefresh).toEqual([]);
  });

  it("lets the next run update what it can go on with", () => {
    const { deployment, toRefresh } = adopted(deploymentOf([], [pending("a")]), {
      a: { ...found, unfinished: "resume" },
    });
    expect(deployment.resources).toMatchObject([{ id: "7", outputs: { name: "a" }, initErrors: [expect.any(String)] }]);
    expect(deployment.resources[0]).not.toHaveProperty("taint");
    expect(toRefresh).toEqual([]);
  });
});

describe("releases that were being deleted", () => {
  const release = { urn: urn("r"), type: releaseType, id: "s/r" };
  const deleting = { type: "deleting", resource: release };
  const left = (found: Candidate | undefined) => {
    const deployment = deploymentOf([release, { ...release, urn: urn("other"), id: "s/other" }], [deleting]);
    const uninstallations = pendingUninstallations(deployment).map((one) => ({ release: one, found }));
    return adopt(deployment, [], uninstallations).deployment.resources;
  };

  it("leave the state if they are gone: to uninstall them again would fail", () => {
    expect(left(undefined).map(({ id }) => id)).toEqual(["s/other"]);
  });

  it("stay in it if they are half gone, and are mended if they are wanted after all", () => {
    const settle = () => Promise.resolve();
    expect(left({ id: "s/r", description: "release r", settle })[0]).toEqual({
      ...release,
      initErrors: [expect.any(String)],
    });
    expect(left({ id: "s/r", description: "release r" })[0]).toEqual(release);
  });

  it("are alone in that", () => {
    expect(pendingUninstallations(deploymentOf([], [pending("a", "deleting")]))).toEqual([]);
  });
});

describe("what a person is shown", () => {
  it("each operation, and what becomes of it", () => {
    const interrupted = deploymentOf(
      [],
      [...[pending("a"), pending("b"), pending("c", "updating"), pending("d")]],
    ).pending_operations;
    const adoptions = pendingCreations(deploymentOf([], [pending("a")])).map((creation) => ({
      creation,
      found: { id: "7", description: "network dev-a" },
    }));
    const lock = { pid: 5, username: "me", hostname: "here", timestamp: "now" };
    const unasked = new Set([urn("d")]);
    expect(describeRecovery({ locks: [lock], interrupted, adoptions, uninstallations: [], unasked })).toEqual([
      "The lock of a run that is over is taken away: process 5 of me on here, since now.",
      "Interrupted operations:",
      "  creating a: left network dev-a (7)",
      "  creating b: left nothing; the next run does it again",
      "  updating c: the next run does it again",
      "  creating d: the cluster can't be asked; the next run does it again",
      "What is left (1) gets into the state.",
    ]);
  });
});
