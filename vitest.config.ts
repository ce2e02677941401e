import { defineConfig } from "vitest/config";

/** Tests of the lab that `.ci/run` has no time for: a kernel takes a new computer ten minutes, an emulated machine more, three servers' renewals five, a shop eight. */
const nightlyAlone = [
  "tests/lab/own-kernel.test.ts",
  "tests/lab/arm64.test.ts",
  "tests/lab/certificates.test.ts",
  "tests/lab/restore.test.ts",
  "tests/lab/shop/https.test.ts",
  "tests/lab/shop/backup.test.ts",
];

/** Milliseconds: a new computer makes the bundle in the first lab's hook, and compiles Kubernetes for it. */
const bundleFromNothing = 3_600_000;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.ts"],
          globalSetup: "tests/ensure-programs.ts",
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "rehearsal",
          include: ["tests/rehearsal/**/*.test.ts"],
          globalSetup: "tests/ensure-pulumi.ts",
          testTimeout: 300_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "cloud",
          include: ["tests/cloud/**/*.test.ts"],
          globalSetup: "tests/ensure-pulumi.ts",
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          // There is one cloud.
          fileParallelism: false,
          bail: 1,
        },
      },
      {
        test: {
          name: "lab",
          include: ["tests/lab/**/*.test.ts"],
          exclude: nightlyAlone,
          globalSetup: "tests/ensure-pulumi.ts",
          testTimeout: 900_000,
          hookTimeout: bundleFromNothing,
          // One lab after the other: their seconds are compared.
          fileParallelism: false,
          bail: 1,
        },
      },
      {
        test: {
          name: "lab-nightly",
          include: [...nightlyAlone, "tests/lab/shop/shop.test.ts"],
          env: { GRAPPE_NIGHTLY: "1" },
          globalSetup: "tests/ensure-pulumi.ts",
          testTimeout: 900_000,
          hookTimeout: bundleFromNothing,
          fileParallelism: false,
        },
      },
    ],
  },
});
