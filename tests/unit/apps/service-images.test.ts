import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import { parsePlacement } from "../../../components/apps/edge/service/edge-service.ts";

const folder = (app: string) => new URL(`../../../components/apps/${app}/service/`, import.meta.url).pathname;
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** Runs a service as its container does, and resolves once it listens. */
async function started(app: string, parameters: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [`${folder(app)}main.ts`, ...parameters], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const entry = JSON.parse(line) as { message?: string; port?: number };
    if (entry.message === "listening") return { child, url: `http://127.0.0.1:${entry.port}` };
  }
  throw new Error(`${app} ended before it listened`);
}

describe("the services as programs", () => {
  test("edge tells its pod, node and placement, and ends on SIGTERM", async () => {
    const env = { PORT: "0", POD_NAME: "edge-1", NODE_NAME: "agent1", PLACEMENT: '{"PoP":"space_1"}' };
    const { child, url } = await started("edge", [], env);
    const response = await fetch(url);
    expect(await response.json()).toEqual({ pod: "edge-1", node: "agent1", placement: { PoP: "space_1" } });
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("an operation is chosen by its argument", async () => {
    const { url } = await started("calculator", ["mul"], { PORT: "0" });
    expect(await (await fetch(`${url}/mul?a=6&b=7`)).json()).toMatchObject({ result: 42 });
  });

  test.each([
    ["an unknown role", "calculator", ["pow"], { PORT: "0" }, "usage:"],
    ["a missing address", "calculator", ["calculator"], { PORT: "0" }, "SUM_URL"],
    ["a missing node", "edge", [], { PORT: "0", POD_NAME: "edge-1" }, "NODE_NAME"],
  ])("%s ends it at once, by name", async (_case, app, parameters, env, said) => {
    const child = spawn(process.execPath, [`${folder(app)}main.ts`, ...parameters], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    children.push(child);
    let errors = "";
    child.stderr.on("data", (data: Buffer) => {
      errors += data.toString();
    });
    const [code] = await once(child, "close");
    expect(code).not.toBe(0);
    expect(errors).toContain(said);
  });

  test("each image holds all it imports: both have the same HTTP service", () => {
    const text = (app: string) => readFileSync(`${folder(app)}http-service.ts`, "utf8");
    expect(text("edge")).toBe(text("calculator"));
  });

  test.each(["[]", "null", '{"PoP":1}', "{"])("%s is no placement", (text) => {
    expect(() => parsePlacement(text)).toThrow();
  });
});
