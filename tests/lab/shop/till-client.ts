import { z } from "zod";

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

/** A till without a screen: it speaks to Odoo as the till's page does. */
export class TillClient {
  readonly #address: string;
  readonly #login: Login;
  #cookie = "";

  constructor(address: string, login: Login) {
    this.#address = address;
    this.#login = login;
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
    const response = await fetch(`${this.#address}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie: this.#cookie, connection: "close" },
      body: JSON.stringify({ jsonrpc: "2.0", method: "call", params }),
      signal: AbortSignal.timeout(milliseconds),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    for (const cookie of response.headers.getSetCookie()) this.#cookie = cookie.split(";")[0] ?? "";
    const { result, error } = answer.parse(await response.json());
    if (error !== undefined) throw new Error(`${error.message}: ${error.data?.message ?? ""}`);
    return result;
  }
}
