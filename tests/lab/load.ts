const workers = 4;
const requestMilliseconds = 5_000;

/** Requests without a pause, from several clients, each over a new connection; what failed is kept. */
export class Load {
  readonly failures: string[] = [];
  requests = 0;
  #isRunning = true;
  readonly #workers: readonly Promise<void>[];

  constructor(address: string) {
    this.#workers = Array.from({ length: workers }, () => this.#work(address));
  }

  async #work(address: string): Promise<void> {
    while (this.#isRunning) {
      const options = { headers: { connection: "close" }, signal: AbortSignal.timeout(requestMilliseconds) };
      const failure = await fetch(address, options).then(
        async (response) => (response.ok ? await response.text().then(() => undefined) : `status ${response.status}`),
        (error: unknown) => String(error instanceof Error ? (error.cause ?? error) : error),
      );
      this.requests += 1;
      if (failure !== undefined) this.failures.push(`${new Date().toISOString()} ${failure}`);
    }
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    await Promise.all(this.#workers);
  }
}
