import { expect, test } from "vitest";
import { debianSources } from "../../../lab/toolchain/debian-root-filesystem.ts";

test("a lab takes its packages from where this computer takes them", () => {
  const targets = [
    "Debian|bookworm|main|http://mirror.test/debian/",
    "Debian|bookworm|main|http://mirror.test/debian/",
    "Debian|bookworm-security|main|http://mirror.test/security/",
    "Debian|trixie|main|http://mirror.test/debian/",
    "Docker|bookworm|main|http://other.test/",
  ].join("\n");
  expect(debianSources(targets, "bookworm")).toEqual([
    "deb http://mirror.test/debian/ bookworm main",
    "deb http://mirror.test/security/ bookworm-security main",
  ]);
});

test("another suite than the computer's comes from where the computer's does", () => {
  const targets =
    "Debian|bookworm|main|http://mirror.test/debian/\nDebian|bookworm-security|main|http://mirror.test/security/";
  expect(debianSources(targets, "trixie")).toEqual([
    "deb http://mirror.test/debian/ trixie main",
    "deb http://mirror.test/security/ trixie-security main",
  ]);
  expect(debianSources(targets, "sid")).toEqual(
    debianSources(targets, "sid").filter((line) => / sid main$/.test(line)),
  );
  expect(debianSources(targets, "sid")).not.toEqual([]);
  expect(debianSources("Ubuntu|noble|main|http://mirror.test/ubuntu/", "trixie")).toEqual([]);
});
