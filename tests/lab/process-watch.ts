import { readdirSync, readFileSync } from "node:fs";

const intervalMilliseconds = 100;

/**
 * Remembers every command line and environment that any process on this computer has while it watches, those in the hosts'
 * containers included: the kernel shows them all.
 */
export class ProcessWatch {
  readonly #seen = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => this.#look(), intervalMilliseconds);
  }

  #look(): void {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      for (const file of ["cmdline", "environ"]) {
        try {
          this.#seen.add(`${file} ${readFileSync(`/proc/${pid}/${file}`, "latin1")}`);
        } catch {
          // The process has ended meanwhile.
        }
      }
    }
  }

  stop(): readonly string[] {
    clearInterval(this.#timer);
    return [...this.#seen];
  }
}
