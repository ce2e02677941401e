export const operationNames = ["sum", "sub", "mul", "div"] as const;
export type OperationName = (typeof operationNames)[number];

/** Why there is no result: the question's own fault, as a status of HTTP and a code for programs. */
export class OperandProblem extends Error {
  readonly status: 400 | 422;
  readonly code: string;

  constructor(status: 400 | 422, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

function operand(parameters: URLSearchParams, name: string): number {
  const texts = parameters.getAll(name);
  const text = texts[0]?.trim();
  if (text === undefined || text === "")
    throw new OperandProblem(400, "missing-operand", `the operand ${name} is missing`);
  if (texts.length > 1)
    throw new OperandProblem(400, "repeated-operand", `the operand ${name} is given ${texts.length} times`);
  const value = Number(text);
  if (!decimal.test(text) || !Number.isFinite(value)) {
    throw new OperandProblem(400, "not-a-number", `the operand ${name} is not a decimal number`);
  }
  return value;
}

/** Reads the operands `a` and `b`. Throws `OperandProblem` where one is missing or no number. */
export function operands(parameters: URLSearchParams): { readonly a: number; readonly b: number } {
  return { a: operand(parameters, "a"), b: operand(parameters, "b") };
}

const calculations: Record<OperationName, (a: number, b: number) => number> = {
  sum: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => {
    if (b === 0) throw new OperandProblem(422, "division-by-zero", "nothing can be divided by zero");
    return a / b;
  },
};

/** Calculates. Throws `OperandProblem` for a division by zero and a result beyond what a double holds. */
export function calculate(operation: OperationName, a: number, b: number): number {
  const result = calculations[operation](a, b);
  if (!Number.isFinite(result)) throw new OperandProblem(422, "out-of-range", "the result is too large");
  return result;
}

export function isOperationName(text: string): text is OperationName {
  return operationNames.some((name) => name === text);
}
