import { type Answer, type Question, refusal } from "./http-service.ts";
import { calculate, OperandProblem, type OperationName, operands } from "./operations.ts";

/** Answers `GET /<operation>?a=…&b=…` with the result. */
export function operationService(operation: OperationName): (question: Question) => Answer {
  return ({ url }) => {
    if (url.pathname !== `/${operation}`) return refusal(404, "not-found", `only /${operation} is served here`);
    try {
      const { a, b } = operands(url.searchParams);
      return { status: 200, body: { operation, a, b, result: calculate(operation, a, b) } };
    } catch (error) {
      if (error instanceof OperandProblem) return refusal(error.status, error.code, error.message);
      throw error;
    }
  };
}
