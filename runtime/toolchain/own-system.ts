import { RunError } from "@pulumi/pulumi/errors.js";
/** Go's and most publishers' name of an operating system that grappe runs on. */
export type OperatingSystem = "linux" | "darwin";

/** This computer's operating system. @throws RunError on one that grappe doesn't run on */
export function ownSystem(platform: NodeJS.Platform = process.platform): OperatingSystem {
  if (platform === "linux" || platform === "darwin") return platform;
  throw new RunError(
    `grappe runs on Linux and macOS, and this computer's system is ${platform}. Fix: on Windows, run it inside WSL.`,
  );
}
