import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request, as a handler needs to know it. */
export interface Question {
  readonly url: URL;
  /** Names the request in every service that it passes. */
  readonly requestId: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface HttpServiceArgs {
  readonly name: string;
  /** 0: any free one. */
  readonly port: number;
  /** Address to listen on. Default: all. */
  readonly address?: string;
  readonly handle: (question: Question) => Answer | Promise<Answer>;
  /** Where a line of the log goes. Default: stdout. */
  readonly writeLine?: (line: string) => void;
}

export interface HttpService {
  readonly port: number;
  /** Takes no new connection, ends the requests under way, and resolves when the last one is answered. */
  close(): Promise<void>;
}

/** A refusal in JSON: `code` for programs, `message` for people. */
export function refusal(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}

function requestIdOf(request: IncomingMessage): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}

/** What answers the requests, and logs them. */
class RequestHandler {
  closing = false;
  readonly #name: string;
  readonly #handle: HttpServiceArgs["handle"];
  readonly #writeLine: (line: string) => void;

  constructor({ name, handle, writeLine = (line) => process.stdout.write(`${line}\n`) }: HttpServiceArgs) {
    this.#name = name;
    this.#handle = handle;
    this.#writeLine = writeLine;
  }

  log(entry: Record<string, unknown>): void {
    this.#writeLine(JSON.stringify({ time: new Date().toISOString(), service: this.#name, ...entry }));
  }

  async #answerTo(request: IncomingMessage, requestId: string): Promise<Answer> {
    if (request.method !== "GET") return refusal(405, "method-not-allowed", "only GET is answered");
    const base = "http://service.invalid";
    if (!URL.canParse(request.url ?? "", base)) return refusal(400, "bad-address", "the address can't be read");
    const url = new URL(request.url ?? "", base);
    if (url.pathname === "/healthz") return { status: 200, body: { status: "alive" } };
    if (url.pathname === "/readyz")
      return { status: this.closing ? 503 : 200, body: { status: this.closing ? "closing" : "ready" } };
    try {
      return await this.#handle({ url, requestId });
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.log({ level: "error", requestId, message });
      return refusal(500, "internal", "the service failed; its log knows more under the request's id");
    }
  }

  async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = performance.now();
    const requestId = requestIdOf(request);
    const { status, body } = await this.#answerTo(request, requestId);
    const headers = { "content-type": "application/json", "x-request-id": requestId };
    response.writeHead(status, { ...headers, ...(this.closing ? { connection: "close" } : {}) });
    response.end(`${JSON.stringify(body)}\n`);
    const probe = request.url === "/healthz" || request.url === "/readyz";
    if (probe && status === 200) return;
    const milliseconds = Math.round((performance.now() - started) * 10) / 10;
    this.log({ level: "info", requestId, method: request.method, path: request.url, status, milliseconds });
  }
}

/** An HTTP service that answers GET in JSON, tells its health on `/healthz` and `/readyz`, and logs one JSON line a request. */
export async function startHttpService(args: HttpServiceArgs): Promise<HttpService> {
  const requests = new RequestHandler(args);
  const server: Server = createServer((request, response) => void requests.respond(request, response));
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(args.port, args.address, resolve);
  });
  const { port } = server.address() as AddressInfo;
  requests.log({ level: "info", message: "listening", port });
  return {
    port,
    close() {
      requests.closing = true;
      return new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeIdleConnections();
      });
    },
  };
}

/** Closes a service when its container is told to end, and lets the process end by itself. */
export function closeOnSignal(service: HttpService): void {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void service.close());
}
