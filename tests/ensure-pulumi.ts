import { ensurePulumi } from "../runtime/toolchain/tools.ts";

/** Before the first test: where no release is reached the CLI is built, which takes longer than a test may. */
export default async function setup(): Promise<void> {
  await ensurePulumi();
}
