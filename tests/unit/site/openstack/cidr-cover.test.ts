import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressRange, networkRange, type Range } from "../../../../components/settings/ipv4.ts";
import { cidrCover } from "../../../../components/site/openstack/cidr-cover.ts";

const ranges = fc.array(
  fc.tuple(fc.nat(2000), fc.nat(300)).map(([first, more]): Range => ({ first, last: first + more })),
  { maxLength: 5 },
);

const numbers = (range: Range) =>
  Array.from({ length: range.last - range.first + 1 }, (_, index) => range.first + index);

describe("cidrCover", () => {
  it("is minimal for the shop's pool", () => {
    expect(cidrCover([addressRange("192.168.1.150-192.168.1.200")])).toEqual([
      "192.168.1.150/31",
      "192.168.1.152/29",
      "192.168.1.160/27",
      "192.168.1.192/29",
      "192.168.1.200/32",
    ]);
  });

  it("reaches the last address there is", () => {
    expect(cidrCover([addressRange("0.0.0.0-255.255.255.255")])).toEqual(["0.0.0.0/0"]);
    expect(cidrCover([addressRange("255.255.255.255-255.255.255.255")])).toEqual(["255.255.255.255/32"]);
  });

  it("holds exactly the ranges' addresses, each once", () => {
    fc.assert(
      fc.property(ranges, (given) => {
        const covered = cidrCover(given).map(networkRange).flatMap(numbers);
        expect(covered).toEqual([...new Set(given.flatMap(numbers))].sort((one, other) => one - other));
      }),
    );
  });

  it("has no two networks that make one", () => {
    fc.assert(
      fc.property(ranges, (given) => {
        const networks = cidrCover(given).map(networkRange);
        const mergeable = networks.some((one, index) => {
          const next = networks[index + 1];
          const size = one.last - one.first + 1;
          return next?.first === one.last + 1 && next.last - next.first + 1 === size && one.first % (2 * size) === 0;
        });
        expect(mergeable).toBe(false);
      }),
    );
  });
});
