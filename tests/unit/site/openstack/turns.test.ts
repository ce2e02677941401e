import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { refuseToLoseCluster } from "../../../../components/site/openstack/standing.ts";
import { Turns } from "../../../../components/site/openstack/turns.ts";
import { settingsOf, systemFour } from "./settings-fixture.ts";

const { hosts } = settingsOf({ site: systemFour });
const inTurn = (standing: string[]) => {
  const turns = new Turns(hosts, new Set(standing));
  return hosts.map(({ name }) => name).filter((name) => turns.isInTurn(name));
};

describe("Turns", () => {
  it("lets all be made at once where nothing stands", () => {
    expect(inTurn([])).toEqual([]);
  });

  it("lets servers that stand follow one another, and the agents them", () => {
    expect(inTurn(["server-1", "server-2", "server-3"])).toEqual(["server-2", "server-3", "space-1-1", "space-2-1"]);
  });

  it("lets a new server wait for none, as one that stands may need it to speak for it", () => {
    expect(inTurn(["server-1"])).toEqual(["space-1-1", "space-2-1"]);
    expect(inTurn(["server-2", "server-3"])).toEqual(["server-3", "space-1-1", "space-2-1"]);
  });

  it("gives the membership of the one before, once it is told", async () => {
    const turns = new Turns(hosts, new Set(["server-1", "server-2", "server-3"]));
    const membership = new pulumi.ComponentResource("test:index:Membership", "server-1-membership");
    const before = turns.before("server-2");
    turns.settle("server-1", membership);
    expect(await before).toEqual([membership]);
    expect(await turns.before("server-1")).toEqual([]);
  });
});

describe("refuseToLoseCluster", () => {
  it("refuses another image or volume for the only server that stands", () => {
    const standing = new Map([["server-1", "debian-12"]]);
    expect(() => refuseToLoseCluster(standing, { image: "debian-13" })).toThrow(
      /server-1 was made of debian-12.*Fix: /,
    );
    expect(() => refuseToLoseCluster(standing, { image: "debian-12", bootVolume: { sizeGiB: 40 } })).toThrow(
      /debian-12 on 40 GiB/,
    );
  });

  it.each([
    ["nothing stands", []],
    ["it stays as it is", [["server-1", "debian-13"]]],
    [
      "another server stands",
      [
        ["server-1", "debian-12"],
        ["server-2", "debian-12"],
      ],
    ],
    ["what it was made of isn't known", [["server-1", undefined]]],
  ] satisfies [string, [string, string | undefined][]][])("lets it be where %s", (_case, standing) => {
    expect(() => refuseToLoseCluster(new Map(standing), { image: "debian-13" })).not.toThrow();
  });
});
