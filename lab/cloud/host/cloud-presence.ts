import { z } from "zod";

/** The cloud's container as it is there. */
export interface CloudPresence {
  readonly image: string;
  readonly isRunning: boolean;
}

const inspected = z.array(
  z.object({
    ImageName: z.string().optional(),
    Config: z.object({ Image: z.string() }),
    State: z.object({ Running: z.boolean() }),
  }),
);

/** Reads (pure) the answer of the engine's `container inspect`; none when there is no such container. */
export function presenceOf(answer: string): CloudPresence | undefined {
  const [container] = inspected.parse(JSON.parse(answer));
  return container && { image: container.ImageName ?? container.Config.Image, isRunning: container.State.Running };
}
