import { type AttachedProviders, attachProviders } from "../../runtime/provider-protocol/attach.ts";
import type { Stage } from "./operation.ts";
import { Protocol } from "./protocol.ts";
import type { ProviderDouble } from "./provider-double.ts";

/** Lets doubles listen, on one stage. */
export async function attachDoubles(doubles: readonly ProviderDouble[], stage: Stage): Promise<AttachedProviders> {
  return await attachProviders(
    doubles.map((double) => ({ name: double.name, handlers: new Protocol(double, stage).handlers() })),
  );
}
