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
/** Whatever is waited for longer than this says what it waits for, if it knows. */
export const quietMilliseconds = 20_000;
const maximumShown = 5;

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;
const seconds = (since: number): string => ((performance.now() - since) / 1_000).toFixed(1);
const isComponent = (type: string): boolean => type.startsWith("grappe:") || type.startsWith("pulumi:");

interface Running {
  readonly since: number;
  /** What its provider said last of what it waits for. */
  waitingFor?: string;
}

/** What is said of resources that are under way (pure): those that say what they wait for, once that is long, and the rest. */
export function progressLines(running: ReadonlyMap<string, Running>, now: number): readonly string[] {
  const shown = [...running].slice(0, maximumShown);
  const isTold = ([, { since, waitingFor }]: readonly [string, Running]) =>
    waitingFor !== undefined && now - since >= quietMilliseconds;
  const named = ([urn, { since }]: readonly [string, Running]) =>
    `${nameOf(urn)} (${((now - since) / 1_000).toFixed(0)} s)`;
  const told = shown.filter(isTold).map((one) => `waiting for ${named(one)}: ${one[1].waitingFor}`);
  const rest = shown.filter((one) => !isTold(one)).map(named);
  const more = running.size > maximumShown ? [`${running.size - maximumShown} more`] : [];
  const others = [rest.join(", "), ...more].filter((part) => part !== "").join(" and ");
  return others === "" ? told : [...told, `working on ${others}`];
}

/** A provider's word on what it waits for, without what is said anyway and the dots that keep a connection alive. */
const waitIn = (message: string): string =>
  message
    .replaceAll(/\s+/g, " ")
    .replace(/^[ .]+/, "")
    .trimEnd()
    .replace(/^waiting for /i, "");

/** Tells a run of the engine as it goes: a line for every change, and every ten seconds what is being waited for. */
export class RunProgress {
  readonly #began = performance.now();
  readonly #running = new Map<string, Running>();
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
    for (const line of progressLines(this.#running, performance.now())) this.#line(line);
  }

  /** What a resource that is under way waits for. */
  waits(urn: string, waitingFor: string): void {
    const running = this.#running.get(urn);
    if (running !== undefined) running.waitingFor = waitIn(waitingFor);
  }

  event(event: EngineEvent): void {
    const { resourcePreEvent: begun, resOutputsEvent: done, resOpFailedEvent: failed, diagnosticEvent: said } = event;
    if (begun !== undefined && !silent.has(begun.metadata.op))
      this.#running.set(begun.metadata.urn, { since: performance.now() });
    if (done !== undefined) {
      const { op, urn, type } = done.metadata;
      const { since } = this.#running.get(urn) ?? { since: performance.now() };
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
    if (said?.ephemeral && said.urn !== undefined && waitIn(said.message) !== "") this.waits(said.urn, said.message);
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
