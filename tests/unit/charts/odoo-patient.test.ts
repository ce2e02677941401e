import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

const script = new URL("../../../charts/odoo/files/patient_odoo.py", import.meta.url).pathname;

/** As Odoo 19.0 has it: a worker is started for each that has ended, which asks the database first. */
const server = `
import psycopg2
class PreforkServer:
    def process_spawn(self):
        FAULT
`;

/** As Odoo 19.0 has it: what isn't kept is closed. */
const pool = `
class ConnectionPool:
    def give_back(self, connection, keep_in_pool=True):
        print(connection.info.dbname, "kept" if keep_in_pool else "closed")
`;

/** Odoo's command: its server starts workers, three times. */
const command = `#!/usr/bin/env python3
import sys
from odoo.service.server import PreforkServer
print(sys.argv[0].endswith("/bin/odoo"), *sys.argv[1:])
for beat in range(3):
    PreforkServer().process_spawn()
    print("serves")
`;

/** Odoo's command: its requests give connections back. */
const giving = `#!/usr/bin/env python3
from types import SimpleNamespace
from odoo.sql_db import ConnectionPool
for name, keep in (("odoo", True), ("postgres", False), ("template0", False)):
    ConnectionPool().give_back(SimpleNamespace(info=SimpleNamespace(dbname=name)), keep_in_pool=keep)
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "grappe-odoo-"));
  for (const part of ["bin", "modules/odoo/service"]) await mkdir(join(folder, part), { recursive: true });
  for (const module of ["odoo/__init__.py", "odoo/service/__init__.py"])
    await writeFile(join(folder, "modules", module), "");
  await writeFile(join(folder, "modules/psycopg2.py"), "class OperationalError(Exception): pass\n");
  await writeFile(join(folder, "bin/odoo"), command, { mode: 0o755 });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(module: string | undefined): Promise<string> {
  if (module !== undefined) await writeFile(join(folder, "modules/odoo/service/server.py"), module);
  const env = { PATH: `${folder}/bin:${process.env.PATH}`, PYTHONPATH: join(folder, "modules") };
  return (await promisify(execFile)("python3", [script, "--config", "/run/odoo.conf"], { env })).stdout;
}

test("a worker that can't be started without the database doesn't end those that serve", async () => {
  const said = await run(server.replace("FAULT", 'raise psycopg2.OperationalError("connection refused\\n")'));
  const beat = "a worker waits for the database: connection refused\nserves\n";
  expect(said).toContain(`True --config /run/odoo.conf\n${beat.repeat(3)}`);
});

test("any other fault ends Odoo, as it would", async () => {
  await expect(run(server.replace("FAULT", 'raise ValueError("odd")'))).rejects.toThrow(/ValueError: odd/);
});

test("an Odoo that has no such server is run as it is", async () => {
  const other = "class PreforkServer:\n    pass\n";
  await expect(run(other)).rejects.toThrow(/Odoo is run as it is|no attribute 'process_spawn'/);
});

test("connections for messages to other tills are kept, as the shop's are", async () => {
  await writeFile(join(folder, "modules/odoo/sql_db.py"), pool);
  await writeFile(join(folder, "bin/odoo"), giving);
  expect(await run(server.replace("FAULT", "pass"))).toBe("odoo kept\npostgres kept\ntemplate0 closed\n");
});
