import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const scripts = new URL("../../../charts/odoo/files/", import.meta.url).pathname;

/** A driver for PostgreSQL: the database is as a file says, and takes down what it is told. */
const driver = `
import os
class Error(Exception): pass
class OperationalError(Error): pass
def connect(**parameters):
    state = open(os.environ["DATABASE"]).read()
    if state == "down": raise OperationalError("connection refused")
    if state == "rotated": raise OperationalError("password authentication failed")
    return Connection()
class Connection:
    autocommit = False
    def close(self): pass
    def cursor(self): return Cursor()
class Cursor:
    description = None
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def execute(self, statement, parameters=()):
        state = open(os.environ["DATABASE"]).read()
        if state == "down": raise OperationalError("server closed the connection unexpectedly")
        if statement == "SELECT pg_is_in_recovery()": rows = [(state == "standby",)]
        else:
            with open(os.environ["DATABASE"] + ".statements", "a") as said: said.write(statement + "\\n")
            known = dict(line.rstrip("\\n").split(" => ") for line in open(os.environ["DATABASE"] + ".answers"))
            key = next((key for key in known if key in " ".join([statement, *map(str, parameters)])), None)
            rows = [tuple(row.split("|")) for row in known[key].split(";")] if key else []
        self.rows = rows
        self.description = rows or None
    def fetchone(self): return self.rows[0]
    def fetchall(self): return self.rows
`;

/** Odoo's program is Python's; what it does in a test is bash's, in the same process. */
const inPlaceOfPython = `import os, sys
program = open(os.path.join(os.environ["FOLDER"], "program")).read()
os.execvp("bash", ["bash", "-c", program, "odoo", *sys.argv[1:]])
`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** The chart's scripts with a stand-in for Odoo and for the driver of its database. */
export class StandInOdoo {
  readonly folder: string;
  readonly port: number;
  readonly readinessPort: number;
  #serving: ChildProcess | undefined;
  /** What the script that serves has printed. */
  printed = "";

  private constructor(folder: string, port: number, readinessPort: number) {
    this.folder = folder;
    this.port = port;
    this.readinessPort = readinessPort;
  }

  /** @param program what `odoo` does, in bash; it writes to `$FOLDER/log` */
  static async make(program: string): Promise<StandInOdoo> {
    const made = new StandInOdoo(await mkdtemp(join(tmpdir(), "grappe-odoo-")), await freePort(), await freePort());
    await mkdir(join(made.folder, "modules"));
    await mkdir(join(made.folder, "bin"));
    await writeFile(join(made.folder, "modules/psycopg2.py"), driver);
    await writeFile(join(made.folder, "bin/odoo"), `#!/usr/bin/env python3\n${inPlaceOfPython}`);
    await writeFile(join(made.folder, "program"), program);
    await chmod(join(made.folder, "bin/odoo"), 0o755);
    const database = "db_host = db\ndb_port = 5432\ndb_user = odoo\ndb_password = a%b\ndb_name = odoo\n";
    await writeFile(
      join(made.folder, "odoo.conf"),
      `[options]\nhttp_port = ${made.port}\ndata_dir = ${made.folder}/data\n${database}`,
    );
    await made.database("up");
    await made.answers({});
    await writeFile(join(made.folder, "log"), "");
    return made;
  }

  /** `rotated`: with another password, so that only connections from before go on. */
  async database(state: "up" | "down" | "standby" | "rotated"): Promise<void> {
    await writeFile(join(this.folder, "database"), state);
  }

  /** Part of a statement and its parameters to the rows it gives, `a|b;c|d`; any other gives none. */
  async answers(answers: Readonly<Record<string, string>>): Promise<void> {
    const lines = Object.entries(answers).map(([part, rows]) => `${part} => ${rows}\n`);
    await writeFile(join(this.folder, "database.answers"), lines.join(""));
  }

  async statements(): Promise<string[]> {
    return (await readFile(join(this.folder, "database.statements"), "utf8")).trimEnd().split("\n");
  }

  /** The lines that `odoo` wrote. */
  async log(): Promise<string[]> {
    return (await readFile(join(this.folder, "log"), "utf8")).split("\n").filter((line) => line !== "");
  }

  /** Puts an attachment into the filestore. */
  async attachment(name: string): Promise<void> {
    const file = join(this.folder, "data/filestore/odoo", name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, "");
  }

  #environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    return {
      PATH: `${this.folder}/bin:${process.env.PATH}`,
      PYTHONPATH: join(this.folder, "modules"),
      PYTHONDONTWRITEBYTECODE: "1",
      READINESS_PORT: String(this.readinessPort),
      ODOO_RC: join(this.folder, "odoo.conf"),
      DATABASE: join(this.folder, "database"),
      FOLDER: this.folder,
      ...more,
    };
  }

  /** Runs a script to its end. Rejects with its output where it fails. */
  async run(script: string, environment: Readonly<Record<string, string>>): Promise<string> {
    const options = { env: this.#environment(environment) };
    return (await promisify(execFile)("python3", [join(scripts, script)], options)).stdout;
  }

  /** Starts the script that serves. */
  serve(): void {
    const child = spawn("python3", [join(scripts, "serve.py")], { env: this.#environment() });
    child.stdout.on("data", (text) => (this.printed += String(text)));
    child.stderr.on("data", (text) => (this.printed += String(text)));
    this.#serving = child;
  }

  signal(name: NodeJS.Signals): void {
    this.#serving?.kill(name);
  }

  /** Exit code of the script that serves. */
  async end(): Promise<number | null> {
    const child = this.#serving;
    if (child === undefined) throw new Error("nothing serves");
    if (child.exitCode === null) await once(child, "exit");
    return child.exitCode;
  }

  /** Status at which a path is answered; `undefined` where nobody listens. */
  async status(path: string): Promise<number | undefined> {
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`).catch(() => undefined);
    return answer?.status;
  }

  /** Whether Kubernetes would send requests here, and the reason where not. */
  async readiness(): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.readinessPort}/`).catch(() => undefined);
    const reason = (await answer?.text())?.trim() ?? "nobody listens";
    return answer?.status === 200 ? "ready" : reason;
  }

  async remove(): Promise<void> {
    this.#serving?.kill("SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Waits until something is so. Throws after 25 seconds, with what it was last. */
export async function until<T>(look: () => Promise<T> | T, isSo: (value: T) => boolean): Promise<T> {
  let value = await look();
  for (const start = Date.now(); !isSo(value); value = await look()) {
    if (Date.now() - start > 25_000) throw new Error(`still ${JSON.stringify(value)} after 25 s`);
    await delay(50);
  }
  return value;
}
