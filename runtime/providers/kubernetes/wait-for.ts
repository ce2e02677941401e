import { at, conditionOf, textAt } from "../../kubernetes-api/json-path.ts";
import type { PlainMap } from "../../provider-protocol/property-value.ts";
import type { Readiness } from "./readiness.ts";

/** An expression of the annotation `pulumi.com/waitFor`, in the syntax of `kubectl wait --for`. */
type Expression =
  | { readonly kind: "condition"; readonly type: string; readonly status: string }
  | { readonly kind: "jsonpath"; readonly path: readonly (string | number)[]; readonly value?: string };

function parseExpression(text: string): Expression {
  const condition = /^condition=([^=]+)(?:=(.+))?$/.exec(text);
  if (condition?.[1] !== undefined) return { kind: "condition", type: condition[1], status: condition[2] ?? "True" };
  const jsonPath = /^jsonpath=\{?\.?([\w.[\]-]+)\}?(?:=(.*))?$/.exec(text);
  if (jsonPath?.[1] === undefined) throw new Error(`pulumi.com/waitFor: not understood: ${text}`);
  const path = jsonPath[1]
    .replaceAll(/\[(\d+)\]/g, ".$1")
    .split(".")
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  return { kind: "jsonpath", path, value: jsonPath[2] };
}

/** The expressions (pure) of an annotation: one, or a JSON array of them. */
export function parseWaitFor(annotation: string): readonly Expression[] {
  const parsed: unknown = annotation.trimStart().startsWith("[") ? JSON.parse(annotation) : [annotation];
  if (!Array.isArray(parsed) || parsed.length === 0) {
    throw new Error("pulumi.com/waitFor: at least one condition must be specified");
  }
  return parsed.map((text) => parseExpression(String(text)));
}

function holds(object: PlainMap, expression: Expression): boolean {
  if (expression.kind === "condition") {
    const status = textAt(conditionOf(object, expression.type), "status") ?? "";
    return status.toLowerCase() === expression.status.toLowerCase();
  }
  const found = at(object, ...expression.path);
  return expression.value === undefined ? found !== undefined && found !== null : String(found) === expression.value;
}

/** How far an object is by its own annotation (pure). */
export function customReadiness(object: PlainMap, expressions: readonly Expression[]): Readiness {
  const missing = expressions.find((expression) => !holds(object, expression));
  if (missing === undefined) return { state: "ready" };
  const what = missing.kind === "condition" ? missing.type : missing.path.join(".");
  return { state: "waiting", waitingFor: what };
}
