import { type Answer, type Question, refusal } from "./http-service.ts";
import { isOperationName, type OperationName, operationNames } from "./operations.ts";

export interface CalculatorServiceArgs {
  /** Address of each operation's service, such as `http://sum.calculator.svc:50001`. */
  readonly backends: Readonly<Record<OperationName, string>>;
  /** How long a backend may take, the second attempt included. Default: 2000. */
  readonly timeoutMilliseconds?: number;
}

async function ask(address: URL, requestId: string, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(address, { headers: { "x-request-id": requestId }, signal });
  return { status: response.status, body: await response.json() };
}

/**
 * Asks a backend, a second time where the connection broke: a pod that ends may close a kept connection in the very moment
 * it is used, and asking twice for a sum does no harm.
 */
async function askTwice(address: URL, requestId: string, signal: AbortSignal): Promise<Answer> {
  try {
    return await ask(address, requestId, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    return await ask(address, requestId, signal);
  }
}

/** Answers `GET /<operation>?a=…&b=…` by asking the operation's own service; a dead one makes a 503. */
export function calculatorService(args: CalculatorServiceArgs): (question: Question) => Promise<Answer> {
  const { backends, timeoutMilliseconds = 2000 } = args;
  return async ({ url, requestId }) => {
    const operation = url.pathname.slice(1);
    if (operation === "")
      return { status: 200, body: { operations: operationNames.map((name) => `/${name}?a=1&b=2`) } };
    if (!isOperationName(operation)) {
      return refusal(404, "unknown-operation", `the operations are ${operationNames.join(", ")}`);
    }
    const address = new URL(`/${operation}${url.search}`, backends[operation]);
    try {
      const answer = await askTwice(address, requestId, AbortSignal.timeout(timeoutMilliseconds));
      if (answer.status < 500) return answer;
    } catch {
      // Dead, unreachable or too slow: to the caller it is one and the same.
    }
    return refusal(503, "backend-unavailable", `the service for ${operation} does not answer`);
  };
}
