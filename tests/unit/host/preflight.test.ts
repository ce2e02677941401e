import { describe, expect, test } from "vitest";
import { indistinctMachines } from "../../../components/host/preflight/distinct-machines.ts";
import { hostFactsAnswer } from "../../../components/host/preflight/host-facts.ts";

const machine = (name: string, machineId: string, hostname = "raspberrypi") => ({ name, machineId, hostname });

describe("distinct machines", () => {
  test("fresh machines of one image may share a host name: preparation gives each its own", () => {
    expect(indistinctMachines([machine("pi-1", "a"), machine("pi-2", "b")])).toEqual([]);
    expect(indistinctMachines([machine("pi-1", "a", "pi-1"), machine("pi-2", "b", "pi-2")])).toEqual([]);
  });

  test("one machine id on two hosts is refused once, with both names", () => {
    const problems = indistinctMachines([machine("pi-1", "a"), machine("pi-2", "a"), machine("pi-3", "b")]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.hosts).toEqual(["pi-1", "pi-2"]);
    expect(problems[0]?.problem).toMatch(/^pi-1, pi-2 have the same machine id a: .* Fix: /);
  });

  test("swapped machines are refused", () => {
    const problems = indistinctMachines([machine("pi-1", "a", "pi-2"), machine("pi-2", "b", "pi-1")]);
    expect(problems).toHaveLength(2);
    expect(problems[0]?.problem).toContain("the machine at pi-1's address calls itself pi-2");
  });
});

describe("preflight's facts", () => {
  const facts = {
    hostname: "a",
    machineId: "0".repeat(32),
    operatingSystem: "debian 12",
    raspberryPi: false,
    architecture: "amd64",
    kernel: "6.1",
    pageSize: 4096,
    cgroupVersion: 2,
    cgroupMemory: true,
    interfaceName: "eth1",
    bootId: "x",
    memoryMebibytes: 2000,
    freeDiskMebibytes: 5000,
    warnings: [],
  };

  test("are read, the disk's speed only where it was measured", () => {
    expect(hostFactsAnswer.parse(JSON.stringify(facts)).fdatasyncMilliseconds).toBeUndefined();
    expect(hostFactsAnswer.parse(JSON.stringify({ ...facts, fdatasyncMilliseconds: 0.97 })).fdatasyncMilliseconds).toBe(
      0.97,
    );
  });

  test.each([{ cgroupVersion: 3 }, { machineId: "" }, { unheardOf: 1 }])("are refused with %j", (wrong) => {
    expect(() => hostFactsAnswer.parse(JSON.stringify({ ...facts, ...wrong }))).toThrow();
  });
});
