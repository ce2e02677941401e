/** An error, whatever caused it, and what caused that: from the outside in (pure). */
export function errorChain(error: unknown, depth = 0): readonly Error[] {
  if (!(error instanceof Error) || depth > 10) return [];
  const inner = error instanceof AggregateError ? [...error.errors, error.cause] : [error.cause];
  return [error, ...inner.flatMap((cause) => errorChain(cause, depth + 1))];
}

/** A text that an error carries beside its message, such as `code`, `path` or `hostname` (pure). */
export function textOf(error: Error, name: string): string | undefined {
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" && value !== "" ? value : undefined;
}
