import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { ensurePrograms } from "../../../runtime/toolchain/debian-packages.ts";
import { StandInOdoo } from "./stand-in-odoo.ts";

let odoo: StandInOdoo;

beforeAll(() => ensurePrograms([{ program: "python3", debianPackage: "python3" }]), 300_000);
afterEach(() => odoo.remove());

/** Tells its version; every other call, with the program on its standard input, is a line. */
const obedient = `
if [ "$1" = --version ]; then echo "Odoo Server 19.0-20260817"; exit; fi
if [ "$1" = shell ]; then echo "$1 $(tail -n 1)"; else echo "$*"; fi >> "$FOLDER/log"`;

const environment = {
  MODULES: "point_of_sale",
  LANGUAGE: "en_US",
  COUNTRY: "",
  REVISION: "abc",
  ATTACHMENTS: "db",
  MOVE_FILESTORE: "false",
};
const done = { "grappe.initialised": "abc" };

test("makes the extension for searches before Odoo installs anything", async () => {
  odoo = await StandInOdoo.make(`${obedient}\necho "odoo $1" >> "$DATABASE.statements"`);
  await odoo.answers(done);
  await expect(odoo.run("initialise.py", environment)).rejects.toThrow(/did not install base, point_of_sale/);
  const said = await odoo.statements();
  expect(said).toContain("CREATE EXTENSION pg_trgm");
  expect(said.indexOf("odoo --init")).toBeGreaterThan(said.indexOf("CREATE EXTENSION pg_trgm"));
  expect(await odoo.log()).toHaveLength(1);
});

const installed = { ...done, "state = 'installed'": "base|19.0.1.3;point_of_sale|19.0.1.0.2" };

test("a country is given between the bare database and what keeps books in it", async () => {
  odoo = await StandInOdoo.make(obedient);
  await odoo.answers(done);
  await expect(odoo.run("initialise.py", { ...environment, COUNTRY: "DE" })).rejects.toThrow(/did not install/);
  expect((await odoo.log()).map((line) => line.split(" --stop")[0])).toEqual([
    "--init base",
    "shell company(env)",
    "--init point_of_sale",
  ]);
});

test("a country is not given to a company that keeps books already", async () => {
  odoo = await StandInOdoo.make(obedient);
  await odoo.answers({ ...done, "state = 'installed'": "base|19.0.1.3;account|19.0.1.4" });
  await expect(odoo.run("initialise.py", { ...environment, COUNTRY: "DE" })).rejects.toThrow(/did not install/);
  expect(await odoo.log()).not.toContain("shell company(env)");
});

test("a database without that extension gets the indexes that it lacks, once", async () => {
  odoo = await StandInOdoo.make(obedient);
  await odoo.answers(installed);
  await odoo.run("initialise.py", environment);
  expect(await odoo.log()).toEqual(["shell index(env)", "shell settle(env)"]);
  await odoo.answers({ ...installed, "extname = 'pg_trgm'": "1" });
  await odoo.run("initialise.py", environment);
  expect((await odoo.log()).slice(2)).toEqual(["shell settle(env)"]);
  expect((await odoo.statements()).filter((statement) => statement.startsWith("CREATE EXT"))).toHaveLength(1);
});

test("chooses where attachments go before the first one is written", async () => {
  odoo = await StandInOdoo.make(`${obedient}\necho "odoo $1" >> "$DATABASE.statements"`);
  await odoo.answers(done);
  await expect(odoo.run("initialise.py", environment)).rejects.toThrow(/did not install/);
  const said = await odoo.statements();
  const chosen = said.indexOf("INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)");
  expect(chosen).toBeGreaterThan(-1);
  expect(chosen).toBeLessThan(said.indexOf("odoo --init"));
  expect(said).toContain("CREATE SCHEMA IF NOT EXISTS sessions");
});

test("with a filestore Odoo chooses, and makes no place for sessions", async () => {
  odoo = await StandInOdoo.make(obedient);
  await odoo.answers(installed);
  await odoo.run("initialise.py", { ...environment, ATTACHMENTS: "file" });
  expect((await odoo.statements()).filter((one) => /INSERT|SCHEMA/.test(one))).toEqual([]);
});

describe("attachments of a filestore that is no longer in the settings", () => {
  const inFiles = { ...installed, "store_fname IS NOT NULL": "ab/abc;cd/cde" };

  test("are refused, with the way, before Odoo is asked for anything", async () => {
    odoo = await StandInOdoo.make(obedient);
    await odoo.answers(inFiles);
    await expect(odoo.run("initialise.py", environment)).rejects.toThrow(/2 attachments lie in files.*moveToDatabase/);
    expect(await odoo.log()).not.toContain("shell settle(env)");
  });

  const moving = { ...environment, MOVE_FILESTORE: "true" };

  test("are not moved while some are missing: Odoo would take those for empty", async () => {
    odoo = await StandInOdoo.make(obedient);
    await odoo.answers(inFiles);
    await odoo.attachment("ab/abc");
    await expect(odoo.run("initialise.py", moving)).rejects.toThrow(/1 of 2 attachments are not in.*cd\/cde/);
    expect(await odoo.log()).not.toContain("shell settle(env)");
  });

  test("are moved where all are there, and the job doesn't take Odoo's word for it", async () => {
    odoo = await StandInOdoo.make(obedient);
    await odoo.answers(inFiles);
    await odoo.attachment("ab/abc");
    await odoo.attachment("cd/cde");
    await expect(odoo.run("initialise.py", moving)).rejects.toThrow(/2 attachments are not where they should be/);
    expect(await odoo.log()).toContain("shell settle(env)");
  });
});

test("what Odoo says when it can't start is seen", async () => {
  odoo = await StandInOdoo.make(`echo "ModuleNotFoundError: No module named 'lxml'" >&2; exit 1`);
  await odoo.answers(done);
  await expect(odoo.run("initialise.py", environment)).rejects.toThrow(/No module named 'lxml'/);
});

test("a database of another series is left alone", async () => {
  odoo = await StandInOdoo.make(obedient);
  await odoo.answers({ ...done, "state = 'installed'": "base|18.0.1.3" });
  await expect(odoo.run("initialise.py", environment)).rejects.toThrow(/made by Odoo 18\.0\.1\.3, this image is 19\.0/);
  expect(await odoo.log()).toEqual([]);
});

test("a shell whose program stopped half-way isn't taken for done", async () => {
  odoo = await StandInOdoo.make(obedient);
  await odoo.answers({ ...installed, "grappe.initialised": "older" });
  await expect(odoo.run("initialise.py", environment)).rejects.toThrow(/were not set/);
});
