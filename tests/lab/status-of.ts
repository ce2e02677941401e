import { join } from "node:path";
import { z } from "zod";
import { repository } from "../../lab/stack/lab-folder.ts";
import { run } from "../../runtime/subprocess.ts";

const told = z.object({
  findings: z.array(z.object({ about: z.string(), problem: z.string() })),
  nodes: z.array(z.object({ name: z.string(), state: z.string() })).default([]),
  certificates: z.array(z.object({ of: z.string(), daysLeft: z.number().optional() })),
  newestSnapshot: z.object({ node: z.string(), ageSeconds: z.number() }).optional(),
});

/** What `./grappe status` tells of a lab, and its exit code. */
export async function statusOf(lab: string): Promise<z.output<typeof told> & { readonly exitCode: number }> {
  const command = [join(repository, "grappe"), "status", "--lab", lab, "--json"] as const;
  const { code, stdout } = await run([...command], { allowedCodes: [0, 1] });
  return { ...told.parse(JSON.parse(stdout)), exitCode: code };
}
