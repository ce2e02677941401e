import http from "node:http";
import https from "node:https";
import { deadlineMilliseconds } from "./ask-cluster.ts";
import type { ApplicationFact } from "./facts.ts";
import { whyUnanswered } from "./why-unanswered.ts";

interface Response {
  readonly status: number;
  readonly text: string;
}

/** Whether its certificate is trusted here is another question than whether it answers. */
function get(address: string): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>();
  const options = { signal: AbortSignal.timeout(deadlineMilliseconds), rejectUnauthorized: false, agent: false };
  const transport = address.startsWith("https:") ? https : http;
  transport
    .get(address, options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text = `${text}${chunk}`.slice(0, 1_000);
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    })
    .on("error", reject);
  return promise;
}

/** Traefik's own answer where no route is for a host. */
const noRoute = ({ status, text }: Response) => status === 404 && text.trim() === "404 page not found";

async function askApplication(application: string, address: string): Promise<ApplicationFact> {
  const began = performance.now();
  return await get(address).then(
    (response) => {
      const value = { status: response.status, milliseconds: performance.now() - began, noRoute: noRoute(response) };
      return { application, address, answer: { value } };
    },
    (error: unknown) => ({ application, address, answer: { unanswered: whyUnanswered(error) } }),
  );
}

/** Asks every address of every application, all at once. */
export async function askApplications(
  urls: Readonly<Record<string, readonly string[]>>,
): Promise<readonly ApplicationFact[]> {
  const addresses = Object.entries(urls).flatMap(([application, each]) =>
    each.map((address) => [application, address] as const),
  );
  return await Promise.all(addresses.map(([application, address]) => askApplication(application, address)));
}
