import http from "node:http";
import https from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { RunError } from "@pulumi/pulumi/errors.js";

/** Where an address is looked for, if not by its name: its names lead nowhere on this computer. */
export interface Place {
  /** IPv4 address of whatever answers for it. */
  readonly address: string;
  /** PEM of the root that its certificate must hang on. */
  readonly authority?: string;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Says (pure) in one line what an application answered: a page by its title, something short as it is. */
export function describeAnswer({ status, text }: Answer): string {
  const title = text.match(/<title[^>]*>\s*([^<]*?)\s*<\/title>/i)?.[1];
  if (title !== undefined) return `${status}, «${title}»`;
  return text.length > 0 && text.length <= 200 && !text.includes("<") ? `${status}, ${text.trim()}` : `${status}`;
}

function ask(address: string, place: Place | undefined): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const url = new URL(address);
  const transport = url.protocol === "https:" ? https : http;
  const at = place === undefined ? {} : { host: place.address, servername: url.hostname };
  const trust = place?.authority === undefined ? {} : { ca: place.authority };
  const options = {
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host },
    signal: AbortSignal.timeout(5_000),
  };
  const where = { protocol: url.protocol, hostname: url.hostname, port: url.port, ...options, ...at, ...trust };
  if (place !== undefined) where.hostname = place.address;
  const request = transport.request(where, (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    response.on("error", reject);
    response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
  });
  request.on("error", reject);
  request.end();
  return promise;
}

/**
 * Waits until an application answers with success or a redirection, and returns that.
 *
 * @throws Error with what it answered last
 */
export async function awaitAnswer(address: string, seconds: number, place?: Place): Promise<Answer> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask(address, place).catch((error: unknown) =>
      error instanceof Error ? error : new RunError(String(error)),
    );
    if (!(answer instanceof Error) && answer.status >= 200 && answer.status < 400) return answer;
    if (performance.now() > deadline) {
      const last = answer instanceof Error ? answer.message : describeAnswer(answer);
      throw new RunError(`${address} did not answer within ${seconds} s; last: ${last}. Fix: see what its pods say.`);
    }
    await delay(500);
  }
}
