import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { calculatorService } from "../../../components/apps/calculator/service/calculator-service.ts";
import { type HttpService, startHttpService } from "../../../components/apps/calculator/service/http-service.ts";
import { operationService } from "../../../components/apps/calculator/service/operation-service.ts";
import { type OperationName, operationNames } from "../../../components/apps/calculator/service/operations.ts";

const address = "127.0.0.1";
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

interface Running {
  readonly service: HttpService;
  readonly lines: Record<string, unknown>[];
  readonly url: string;
}

async function running(name: string, handle: Parameters<typeof startHttpService>[0]["handle"]): Promise<Running> {
  const lines: Record<string, unknown>[] = [];
  const writeLine = (line: string) => void lines.push(JSON.parse(line));
  const service = await startHttpService({ name, address, port: 0, handle, writeLine });
  closers.push(() => service.close().catch(() => undefined));
  return { service, lines, url: `http://${address}:${service.port}` };
}

async function operations(): Promise<Record<OperationName, Running>> {
  const started = await Promise.all(
    operationNames.map(async (name) => [name, await running(name, operationService(name))] as const),
  );
  return Object.fromEntries(started) as Record<OperationName, Running>;
}

const urlsOf = (backends: Record<OperationName, Running>) =>
  Object.fromEntries(Object.entries(backends).map(([name, { url }]) => [name, url])) as Record<OperationName, string>;

async function get(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers });
  return { status: response.status, type: response.headers.get("content-type"), body: await response.json() };
}

describe("the calculator and its four services", () => {
  test.each([
    ["/sum?a=1&b=2", 3],
    ["/sub?a=1&b=2", -1],
    ["/mul?a=1.5&b=-4", -6],
    ["/div?a=1&b=4", 0.25],
    ["/sum?a=%201e3&b=.5", 1000.5],
  ])("%s is %d", async (path, result) => {
    const calculator = await running("calculator", calculatorService({ backends: urlsOf(await operations()) }));
    expect(await get(calculator.url + path)).toMatchObject({ status: 200, body: { result } });
  });

  test.each([
    ["/sum?a=1", 400, "missing-operand"],
    ["/sum?a=&b=2", 400, "missing-operand"],
    ["/sum?a=1&a=1&b=2", 400, "repeated-operand"],
    ["/mul?a=one&b=2", 400, "not-a-number"],
    ["/mul?a=0x10&b=2", 400, "not-a-number"],
    ["/mul?a=Infinity&b=2", 400, "not-a-number"],
    ["/mul?a=1e999&b=2", 400, "not-a-number"],
    ["/div?a=1&b=0", 422, "division-by-zero"],
    ["/div?a=1&b=-0.0", 422, "division-by-zero"],
    ["/mul?a=1e308&b=1e308", 422, "out-of-range"],
    ["/pow?a=1&b=2", 404, "unknown-operation"],
  ])("%s is refused with %d %s, in JSON", async (path, status, code) => {
    const calculator = await running("calculator", calculatorService({ backends: urlsOf(await operations()) }));
    const answer = await get(calculator.url + path);
    expect(answer).toMatchObject({ status, type: "application/json", body: { error: { code } } });
  });

  test("a dead backend is a 503 for its operation only", async () => {
    const backends = await operations();
    await backends.div.service.close();
    const calculator = await running("calculator", calculatorService({ backends: urlsOf(backends) }));
    expect(await get(`${calculator.url}/div?a=1&b=2`)).toMatchObject({
      status: 503,
      body: { error: { code: "backend-unavailable" } },
    });
    expect(await get(`${calculator.url}/sum?a=1&b=2`)).toMatchObject({ status: 200 });
  });

  test("a silent backend is a 503 once its time is over", async () => {
    const silent: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, address, resolve));
    closers.push(async () => silent.closeAllConnections());
    closers.push(() => new Promise((resolve) => silent.close(resolve)));
    const url = `http://${address}:${(silent.address() as AddressInfo).port}`;
    const backends = { sum: url, sub: url, mul: url, div: url };
    const calculator = await running("calculator", calculatorService({ backends, timeoutMilliseconds: 100 }));
    const started = performance.now();
    expect(await get(`${calculator.url}/sum?a=1&b=2`)).toMatchObject({ status: 503 });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test("a backend that breaks the connection is asked once more", async () => {
    let asked = 0;
    const flaky = createServer((request, response) => {
      asked += 1;
      if (asked === 1) return void request.socket.destroy();
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ result: 3 }));
    });
    await new Promise<void>((resolve) => flaky.listen(0, address, resolve));
    closers.push(() => new Promise((resolve) => flaky.close(resolve)));
    const url = `http://${address}:${(flaky.address() as AddressInfo).port}`;
    const calculator = await running(
      "calculator",
      calculatorService({ backends: { sum: url, sub: url, mul: url, div: url } }),
    );
    expect(await get(`${calculator.url}/sum?a=1&b=2`)).toMatchObject({ status: 200, body: { result: 3 } });
    expect(asked).toBe(2);
  });

  test("one request has one id in every service's log", async () => {
    const backends = await operations();
    const calculator = await running("calculator", calculatorService({ backends: urlsOf(backends) }));
    await get(`${calculator.url}/sum?a=1&b=2`, { "x-request-id": "till-7" });
    for (const { lines } of [calculator, backends.sum]) {
      expect(lines).toContainEqual(
        expect.objectContaining({ requestId: "till-7", method: "GET", path: "/sum?a=1&b=2", status: 200 }),
      );
    }
  });

  test("a handler that throws is a 500 that tells nothing of its inside", async () => {
    const failing = await running("failing", () => {
      throw new Error("inside");
    });
    const answer = await get(failing.url);
    expect(answer).toMatchObject({ status: 500, body: { error: { code: "internal" } } });
    expect(JSON.stringify(answer.body)).not.toContain("inside");
    expect(failing.lines).toContainEqual(expect.objectContaining({ level: "error" }));
  });

  test("only GET is answered", async () => {
    const { url } = await running("sum", operationService("sum"));
    expect((await fetch(`${url}/sum?a=1&b=2`, { method: "POST" })).status).toBe(405);
  });

  test("closing answers what is under way, then takes nothing new", async () => {
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const slow = await running("slow", async () => {
      await held;
      return { status: 200, body: { done: true } };
    });
    const answer = get(slow.url);
    await expect.poll(() => get(`${slow.url}/readyz`)).toMatchObject({ status: 200 });
    const closed = slow.service.close();
    await expect(get(`${slow.url}/readyz`)).rejects.toThrow();
    finish();
    expect(await answer).toMatchObject({ status: 200, body: { done: true } });
    await closed;
  });
});
