import { z } from "zod";
import { parseCron } from "../cron.ts";

/** What the crons of k3s and CloudNativePG, and systemd's calendar, understand alike. */
export const cronExpression = z.string().superRefine((text, context) => {
  const parsed = parseCron(text);
  if (!("fault" in parsed)) return;
  const message = `no cron expression that k3s and systemd understand: ${parsed.fault}; write five fields, such as 0 */6 * * *`;
  context.addIssue({ code: "custom", message });
});
