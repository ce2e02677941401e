import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const bash = promisify(execFile);
const library = fileURLToPath(new URL("../../../components/cluster/lib/database-copies.sh", import.meta.url));

/** Node, namespace, claim, database and instance of a claim, as the API shows them. */
const claims = [
  "server-1 odoo odoo-database-1 odoo-database odoo-database-1",
  "server-2 odoo odoo-database-2 odoo-database odoo-database-2",
  "server-1 shop shop-3 shop shop-3",
].join("\n");

/** What is deleted when server-1 leaves a cluster whose databases have these primaries. */
async function deletions(primaries: Readonly<Record<string, string>>, operator = "crd/clusters"): Promise<string[]> {
  const cases = Object.entries(primaries).map(([database, primary]) => `"${database}") printf %s "${primary}" ;;`);
  const script = `
set -euo pipefail
nodeName=server-1
until_success() { shift 2; "$@"; }
kube() {
  case $* in
    "get customresourcedefinition"*) printf %s "${operator}" ;;
    "get persistentvolumeclaims"*) printf '%s\\n' "${claims}" ;;
    *"get clusters.postgresql.cnpg.io"*) case $5 in ${cases.join(" ")} esac ;;
    *) printf '%s\\n' "$*" >&2 ;;
  esac
}
. ${library}
forget_database_copies`;
  const { stderr } = await bash("bash", ["-c", script]);
  return stderr.split("\n").filter((line) => line !== "");
}

describe("copies of databases on a machine that has left", () => {
  test("go with their claims, and no others", async () => {
    expect(await deletions({ "odoo-database": "odoo-database-2", shop: "shop-1" })).toEqual([
      "-n odoo delete persistentvolumeclaim odoo-database-1 --ignore-not-found --wait=false",
      "-n odoo delete pod odoo-database-1 --ignore-not-found --wait=false",
      "-n shop delete persistentvolumeclaim shop-3 --ignore-not-found --wait=false",
      "-n shop delete pod shop-3 --ignore-not-found --wait=false",
    ]);
  });

  test("stay where no other copy has taken over, and that is said", async () => {
    const said = await deletions({ "odoo-database": "odoo-database-1", shop: "shop-1" });
    expect(said[0]).toMatch(
      /server-1 had odoo-database-1 .* no other has taken over: its volume's claim odoo-database-1 stays/,
    );
    expect(said.filter((line) => line.includes("odoo"))).toHaveLength(1);
    expect(said).toHaveLength(3);
  });

  test("aren't looked for without the operator", async () => {
    expect(await deletions({}, "")).toEqual([]);
  });
});
