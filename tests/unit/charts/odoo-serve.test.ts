import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { afterEach, beforeAll, expect, test } from "vitest";
import { ensurePrograms } from "../../../runtime/toolchain/debian-packages.ts";
import { StandInOdoo, until } from "./stand-in-odoo.ts";

let odoo: StandInOdoo;

beforeAll(() => ensurePrograms([{ program: "python3", debianPackage: "python3" }]), 300_000);
afterEach(() => odoo.remove());

/** Runs until it is told to end, and ends with 7; every start and signal is a line. */
const patient = `
echo start >> "$FOLDER/log"
trap 'echo SIGTERM >> "$FOLDER/log"; exit 7' TERM
trap 'echo SIGHUP >> "$FOLDER/log"' HUP
while true; do sleep 0.1; done`;

const health = "/web/health";

/** Answers as Odoo does, until it is told to end. */
const answering = `exec python3 -c '
import http.server, os, sys
class Odoo(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
port = int([line.split("=")[1] for line in open(os.environ["ODOO_RC"]) if line.startswith("http_port")][0])
http.server.HTTPServer(("127.0.0.1", port), Odoo).serve_forever()'`;

async function serveUntilReady(): Promise<void> {
  odoo.serve();
  await until(
    () => odoo.readiness(),
    (said) => said === "ready",
  );
}

/** What Odoo's readiness says of each of these states of the database, in their order. */
async function expectReadiness(
  expected: readonly (readonly [state: Parameters<StandInOdoo["database"]>[0], said: string])[],
): Promise<void> {
  for (const [state, said] of expected) {
    await odoo.database(state);
    expect(await odoo.readiness(), state).toBe(said);
  }
}

test("waits for the database, alive but not ready, and then starts Odoo", async () => {
  odoo = await StandInOdoo.make(patient);
  await odoo.database("down");
  odoo.serve();
  await until(
    () => odoo.status(health),
    (status) => status === 200,
  );
  expect(await odoo.status("/web")).toBe(503);
  expect(await odoo.readiness()).toContain("503");
  expect(odoo.printed).toContain("waiting for the database: connection refused");
  expect(await odoo.log()).toEqual([]);
  await odoo.database("up");
  await until(
    () => odoo.log(),
    (lines) => lines.includes("start"),
  );
  // The port is Odoo's now.
  expect(await odoo.status(health)).toBeUndefined();
});

test("a standby that takes no writes yet is waited for, too", async () => {
  odoo = await StandInOdoo.make(patient);
  await odoo.database("standby");
  odoo.serve();
  await until(
    () => odoo.printed,
    (text) => text.includes("it takes no writes yet"),
  );
  expect(await odoo.log()).toEqual([]);
});

test("is ready while Odoo answers and the database takes writes", async () => {
  odoo = await StandInOdoo.make(answering);
  await serveUntilReady();
  await expectReadiness([
    ["standby", "it takes no writes yet"],
    ["down", "connection refused"],
    ["up", "ready"],
  ]);
});

test("stays ready on its connection when the database's password is another one, but isn't on a new one", async () => {
  odoo = await StandInOdoo.make(answering);
  await serveUntilReady();
  await expectReadiness([
    ["rotated", "ready"],
    ["down", "connection refused"],
    ["rotated", "password authentication failed"],
  ]);
});

test("isn't ready while it waits in Odoo's place, although its own connection goes on", async () => {
  odoo = await StandInOdoo.make(`
if [ ! -e "$FOLDER/second" ]; then
  touch "$FOLDER/second"; ( ${answering} ) & sleep 1; read -r _ < "$FOLDER/go"; kill $!; exit 1
fi
${answering}`);
  await promisify(execFile)("mkfifo", [`${odoo.folder}/go`]);
  await serveUntilReady();
  await odoo.database("rotated");
  await writeFile(`${odoo.folder}/go`, "go\n");
  await until(
    () => odoo.printed,
    (text) => text.includes("waiting for the database: password authentication failed"),
  );
  expect(await odoo.readiness()).toContain("503");
});

test("passes SIGTERM on, doesn't start Odoo again, and ends with its exit code", async () => {
  odoo = await StandInOdoo.make(patient);
  odoo.serve();
  await until(
    () => odoo.log(),
    (lines) => lines.includes("start"),
  );
  odoo.signal("SIGTERM");
  expect(await odoo.end()).toBe(7);
  expect(await odoo.log()).toEqual(["start", "SIGTERM"]);
});

test("other signals reach Odoo, too, and end nothing", async () => {
  odoo = await StandInOdoo.make(patient);
  odoo.serve();
  await until(
    () => odoo.log(),
    (lines) => lines.includes("start"),
  );
  odoo.signal("SIGHUP");
  await until(
    () => odoo.log(),
    (lines) => lines.includes("SIGHUP"),
  );
  odoo.signal("SIGTERM");
  await odoo.end();
  expect(await odoo.log()).toEqual(["start", "SIGHUP", "SIGTERM"]);
});

test("ends at once where it still waits for the database", async () => {
  odoo = await StandInOdoo.make(patient);
  await odoo.database("down");
  odoo.serve();
  await until(
    () => odoo.printed,
    (text) => text.includes("waiting"),
  );
  odoo.signal("SIGTERM");
  expect(await odoo.end()).toBe(0);
  expect(await odoo.log()).toEqual([]);
});

test("an Odoo that ended by itself, as at the loss of its database, is started again once the database is back", async () => {
  odoo = await StandInOdoo.make(`
echo start >> "$FOLDER/log"
if [ "$(grep -c start "$FOLDER/log")" = 1 ]; then printf down > "$DATABASE"; exit 255; fi
sleep 60`);
  odoo.serve();
  await until(
    () => odoo.printed,
    (text) => text.includes("Odoo ended by itself (exit code 255)") && text.includes("waiting for the database"),
  );
  expect(await odoo.log()).toEqual(["start"]);
  await odoo.database("up");
  await until(
    () => odoo.log(),
    (lines) => lines.length === 2,
  );
});

test("what a killed Odoo leaves behind is ended before the next start", async () => {
  odoo = await StandInOdoo.make(`
echo start >> "$FOLDER/log"
if [ "$(grep -c start "$FOLDER/log")" = 1 ]; then sleep 300 & echo "worker $!" >> "$FOLDER/log"; kill -KILL $$; fi
sleep 60`);
  odoo.serve();
  const lines = await until(
    () => odoo.log(),
    (found) => found.filter((line) => line === "start").length === 2,
  );
  const worker = Number(lines.find((line) => line.startsWith("worker"))?.split(" ")[1]);
  expect(worker).toBeGreaterThan(1);
  expect(() => process.kill(worker, 0)).toThrow(/ESRCH/);
});

test("an Odoo that can't run at all ends the container with its exit code, after five starts", async () => {
  odoo = await StandInOdoo.make(`echo start >> "$FOLDER/log"; exit 3`);
  odoo.serve();
  expect(await odoo.end()).toBe(3);
  expect(await odoo.log()).toHaveLength(5);
}, 60_000);
