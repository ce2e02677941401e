import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

const names: Readonly<Record<string, string>> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  "create-replacement": "created anew",
  "delete-replaced": "deleted the old",
  delete: "deleted",
  read: "read",
};
const silent = new Set(["same", "refresh", "read-replacement"]);
const repeatMilliseconds = 10_000;

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;
const seconds = (since: number): string => ((performance.now() - since) / 1_000).toFixed(1);
const isComponent = (type: string): boolean => type.startsWith("grappe:") || type.startsWith("pulumi:");

/** Tells a run of the engine as it goes: a line for every change, and every ten seconds what is being waited for. */
export class RunProgress {
  readonly #began = performance.now();
  readonly #running = new Map<string, number>();
  readonly #said = new Set<string>();
  readonly #write: (line: string) => void;
  readonly #timer: NodeJS.Timeout;

  constructor(write: (line: string) => void) {
    this.#write = write;
    this.#timer = setInterval(() => this.#repeat(), repeatMilliseconds);
  }

  #line(text: string): void {
    this.#write(`${seconds(this.#began).padStart(7)} s  ${text}`);
  }

  /** An error of the program comes twice: as it is thrown, and as what the program ended with. */
  #sayOnce(text: string): void {
    if (this.#said.has(text)) return;
    this.#said.add(text);
    this.#line(text);
  }

  #repeat(): void {
    if (this.#running.size === 0) return;
    const running = [...this.#running].map(([urn, since]) => `${nameOf(urn)} (${seconds(since)} s)`);
    const shown = running.slice(0, 5).join(", ");
    this.#line(`working on ${shown}${running.length > 5 ? ` and ${running.length - 5} more` : ""}`);
  }

  event(event: EngineEvent): void {
    const { resourcePreEvent: begun, resOutputsEvent: done, resOpFailedEvent: failed, diagnosticEvent: said } = event;
    if (begun !== undefined && !silent.has(begun.metadata.op)) this.#running.set(begun.metadata.urn, performance.now());
    if (done !== undefined) {
      const { op, urn, type } = done.metadata;
      const since = this.#running.get(urn) ?? performance.now();
      this.#running.delete(urn);
      const paths = op === "update" ? Object.keys(done.metadata.detailedDiff ?? {}) : [];
      const changed = paths.length === 0 ? "" : `, changed: ${paths.join(", ")}`;
      if (!silent.has(op) && !isComponent(type))
        this.#line(`${names[op] ?? op} ${nameOf(urn)} (${seconds(since)} s)${changed}`);
    }
    if (failed !== undefined) {
      this.#running.delete(failed.metadata.urn);
      this.#line(`failed: ${nameOf(failed.metadata.urn)}`);
    }
    if (said !== undefined && !said.ephemeral && (said.severity === "error" || said.severity === "warning")) {
      const about = said.urn === undefined || said.urn === "" ? "" : `${nameOf(said.urn)}: `;
      this.#sayOnce(`${said.severity}: ${about}${said.message.trimEnd()}`);
    }
  }

  /** Whether an error has been told. */
  get hasToldError(): boolean {
    return [...this.#said].some((text) => text.startsWith("error: "));
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
