import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path/posix";
import type { Client, SFTPWrapper, Stats } from "ssh2";

/** What is copied: a file or folder of this computer, or a text. */
export type CopySource = { readonly path: string } | { readonly text: string };

/**
 * Chunks in flight at once; SFTP acknowledges each one. OpenSSH's server takes up to 256 KiB in one; for others ssh2 splits
 * them. A few large ones take half of the processor time that the usual 64 of 32 KiB do.
 */
const transfer = { concurrency: 4, chunkSize: 255 * 1024 };
const sftpNoSuchFile = 2;

/** The few operations of SFTP that copying needs, as promises. */
class RemoteFiles {
  readonly #sftp: SFTPWrapper;

  constructor(sftp: SFTPWrapper) {
    this.#sftp = sftp;
  }

  #settle(work: (done: (error: Error | null | undefined) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      work((error) => (error ? reject(error) : resolve()));
    });
  }

  find(path: string): Promise<Stats | undefined> {
    return new Promise((resolve, reject) => {
      this.#sftp.stat(path, (error, found) => {
        if (!error) resolve(found);
        else if ("code" in error && error.code === sftpNoSuchFile) resolve(undefined);
        else reject(new Error(`failed to stat remote path ${path}: ${error.message}`, { cause: error }));
      });
    });
  }

  async makeFolders(path: string): Promise<void> {
    const found = await this.find(path);
    if (found?.isDirectory()) return;
    if (found !== undefined) throw new Error(`remote path ${path} exists but is not a directory`);
    if (path !== dirname(path)) await this.makeFolders(dirname(path));
    await this.#settle((done) => this.#sftp.mkdir(path, done)).catch(async (error: unknown) => {
      // Another copy to the same host may have made it meanwhile.
      if (!(await this.find(path))?.isDirectory()) throw error;
    });
  }

  writeText(path: string, text: string): Promise<void> {
    return this.#settle((done) => this.#sftp.writeFile(path, text, done));
  }

  writeFile(path: string, source: string): Promise<void> {
    return this.#settle((done) => this.#sftp.fastPut(source, path, transfer, done)).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`failed to copy file ${source} to remote path ${path}: ${reason}`, { cause: error });
    });
  }
}

async function copyFolder(files: RemoteFiles, source: string, target: string): Promise<void> {
  await files.makeFolders(target);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if ((await stat(from)).isDirectory()) await copyFolder(files, from, to);
    else await files.writeFile(to, from);
  }
}

async function copyPath(files: RemoteFiles, source: string, target: string): Promise<void> {
  const present = await files.find(target);
  if ((await stat(source)).isDirectory()) {
    await files.makeFolders(target);
    await copyFolder(files, source, source.endsWith("/") ? target : join(target, basename(source)));
    return;
  }
  if (present?.isDirectory()) {
    await files.writeFile(join(target, basename(source)), source);
    return;
  }
  if (present === undefined) await files.makeFolders(dirname(target));
  await files.writeFile(target, source);
}

async function copyText(files: RemoteFiles, text: string, target: string): Promise<void> {
  if ((await files.find(target))?.isDirectory()) {
    throw new Error(`remote path ${target} is a directory; when using a text asset, remotePath must be a file path`);
  }
  await files.makeFolders(dirname(target));
  await files.writeText(target, text);
}

/**
 * Copies over SFTP by the official provider's rules: a folder without a trailing slash goes into the target, one with it
 * becomes the target; a file goes into an existing folder, else becomes the target; parents are made.
 */
export async function copyToHost(client: Client, source: CopySource, target: string): Promise<void> {
  const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
    client.sftp((error, opened) => (error ? reject(error) : resolve(opened)));
  });
  try {
    const files = new RemoteFiles(sftp);
    if ("text" in source) await copyText(files, source.text, target);
    else await copyPath(files, source.path, target);
  } finally {
    sftp.end();
  }
}
