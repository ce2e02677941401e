import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { goModules } from "../../../lab/toolchain/go-modules.ts";
import { run } from "../../../runtime/subprocess.ts";
import { programsOf } from "../small-api.ts";

const port = 7443;

/**
 * A bucket `shop` of a real S3 (Versity's gateway), whose objects are files of a folder: they outlive it, and the networks that it
 * answered in.
 */
export class S3Store {
  readonly folder: string;
  readonly accessKey = "grappe";
  readonly secretKey = randomBytes(24).toString("hex");
  /** PEM, and PEM alone: an authority that nobody else knows. */
  certificate = "";
  endpoint = "";
  #process: ChildProcess | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  get bucket(): string {
    return join(this.folder, "objects", "shop");
  }

  /** Answers at one of this computer's addresses, by HTTPS. */
  async answerAt(address: string): Promise<void> {
    await this.stop();
    await mkdir(this.bucket, { recursive: true });
    const [certificate, key] = [join(this.folder, "certificate.pem"), join(this.folder, "key.pem")];
    const names = ["-subj", "/CN=shop's bucket", "-addext", `subjectAltName=IP:${address}`];
    const files = ["-keyout", key, "-out", certificate];
    await run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...names, ...files]);
    this.certificate = readFileSync(certificate, "utf8");
    this.endpoint = `${address}:${port}`;
    const listening = ["--port", this.endpoint, "--cert", certificate, "--key", key, "--quiet"];
    const gateway = spawn(
      join(await programsOf(goModules.versitygw), "versitygw"),
      [...listening, "posix", join(this.folder, "objects")],
      {
        env: { ROOT_ACCESS_KEY_ID: this.accessKey, ROOT_SECRET_ACCESS_KEY: this.secretKey },
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    this.#process = gateway;
    const ask = ["--silent", "--insecure", "--output", "/dev/null", "--retry", "20", "--retry-connrefused"];
    await run(["curl", ...ask, "--retry-delay", "1", `https://${this.endpoint}/`]);
    if (gateway.exitCode !== null) throw new Error(`the S3 ended with ${gateway.exitCode}`);
  }

  /** How many objects there are below a folder of the bucket, and their bytes. */
  async size(folder = ""): Promise<{ readonly objects: number; readonly bytes: number }> {
    const entries = await readdir(join(this.bucket, folder), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
    return { objects: files.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }

  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = once(running, "exit");
    running.kill();
    await ended;
  }
}
