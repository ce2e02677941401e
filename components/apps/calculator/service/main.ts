import { calculatorService } from "./calculator-service.ts";
import { closeOnSignal, startHttpService } from "./http-service.ts";
import { operationService } from "./operation-service.ts";
import { isOperationName, type OperationName } from "./operations.ts";

/** Reads a variable that the service can't do without. */
function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`the environment variable ${name} is not set`);
  return value;
}

function backends(): Record<OperationName, string> {
  return { sum: required("SUM_URL"), sub: required("SUB_URL"), mul: required("MUL_URL"), div: required("DIV_URL") };
}

const role = process.argv[2] ?? "";
if (role !== "calculator" && !isOperationName(role)) {
  throw new Error(`usage: node main.ts calculator|sum|sub|mul|div; got "${role}"`);
}
const handle = role === "calculator" ? calculatorService({ backends: backends() }) : operationService(role);
closeOnSignal(await startHttpService({ name: role, port: Number(required("PORT")), handle }));
