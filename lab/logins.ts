import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import { labFolderIfThere } from "./stack/lab-folder.ts";
import { LabStack } from "./stack/lab-stack.ts";

const addresses = z.object({ urls: z.record(z.string(), z.array(z.string())).default({}) });

const shop = z.object({
  adminLogin: z.string(),
  adminPassword: z.string(),
  cashiers: z.record(z.string(), z.string()).default({}),
});

/** Who can log in to the shops of a stack with these outputs (pure), a line each, passwords included. */
export function describeLogins(outputs: Readonly<Record<string, unknown>>): string[] {
  const { urls } = addresses.parse(outputs);
  return Object.entries(outputs).flatMap(([name, output]) => {
    const { data } = shop.safeParse(output);
    if (data === undefined) return [];
    const { adminLogin, adminPassword, cashiers } = data;
    return [
      `${urls[name]?.[0] ?? name}/web/login`,
      ...Object.entries(cashiers).map(([login, password]) => `cashier ${login}: ${password}`),
      `administrator ${adminLogin}: ${adminPassword}`,
    ];
  });
}

/** Prints who can log in to a lab's shop. @throws RunError where there is no such lab, or no shop on it */
export async function tellLogins(lab: string): Promise<void> {
  const given = `--name ${lab}`;
  if ((await labFolderIfThere(lab)) === undefined)
    throw new RunError(`${given}: There is no such lab. Fix: ./grappe lab ${given}`);
  const stack = await LabStack.open(lab, { choice: "live", write: () => undefined });
  try {
    const lines = describeLogins(await stack.outputs());
    if (lines.length === 0)
      throw new RunError(`${given}: Nobody can log in, as this lab has no shop. Fix: ./grappe lab ${given}`);
    for (const line of lines) process.stdout.write(`${line}\n`);
  } finally {
    stack.close();
  }
}
