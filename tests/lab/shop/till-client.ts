import http from "node:http";
import https from "node:https";
import { z } from "zod";
import type { Place } from "../../../lab/application-answer.ts";

const answer = z.object({
  result: z.unknown().optional(),
  error: z.object({ message: z.string(), data: z.object({ message: z.string() }).partial().optional() }).optional(),
});

/** What logging in to Odoo takes. */
export interface Login {
  readonly login: string;
  readonly password: string;
}

const requestMilliseconds = 3_000;

interface Request {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly milliseconds: number;
}

interface Response {
  readonly status: number;
  readonly text: string;
  readonly cookies: readonly string[];
}

function post(address: string, { body, headers, milliseconds }: Request, place: Place | undefined): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const url = new URL(address);
  const at = place === undefined ? {} : { hostname: place.address, servername: url.hostname, ca: place.authority };
  const request = (url.protocol === "https:" ? https : http).request(
    url,
    {
      method: "POST",
      headers: { ...headers, host: url.host, "content-length": String(Buffer.byteLength(body)) },
      signal: AbortSignal.timeout(milliseconds),
      ...at,
    },
    (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text, cookies: response.headers["set-cookie"] ?? [] });
      });
    },
  );
  request.on("error", reject);
  request.end(body);
  return promise;
}

/** A till without a screen: it speaks to Odoo as the till's page does. */
export class TillClient {
  readonly #address: string;
  readonly #login: Login;
  readonly #place: Place | undefined;
  #cookie = "";

  constructor(address: string, login: Login, place?: Place) {
    this.#address = address;
    this.#login = login;
    this.#place = place;
  }

  async logIn(milliseconds = requestMilliseconds): Promise<void> {
    await this.#ask("/web/session/authenticate", { db: "odoo", ...this.#login }, milliseconds);
  }

  /** Calls a method of a model. */
  async call(
    model: string,
    method: string,
    parameters: readonly unknown[],
    milliseconds = requestMilliseconds,
  ): Promise<unknown> {
    const called = { model, method, args: parameters, kwargs: {} };
    return await this.#ask(`/web/dataset/call_kw/${model}/${method}`, called, milliseconds);
  }

  async #ask(path: string, params: unknown, milliseconds: number): Promise<unknown> {
    const body = JSON.stringify({ jsonrpc: "2.0", method: "call", params });
    const headers = { "content-type": "application/json", cookie: this.#cookie, connection: "close" };
    const { status, text, cookies } = await post(
      `${this.#address}${path}`,
      { body, headers, milliseconds },
      this.#place,
    );
    if (status !== 200) throw new Error(`status ${status}`);
    for (const cookie of cookies) this.#cookie = cookie.split(";")[0] ?? "";
    const { result, error } = answer.parse(JSON.parse(text));
    if (error !== undefined) throw new Error(`${error.message}: ${error.data?.message ?? ""}`);
    return result;
  }
}
