import type * as pulumi from "@pulumi/pulumi";

interface Values {
  readonly [key: string]: unknown;
}

const isValues = (value: unknown): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function put(values: Values, [key = "", ...below]: readonly string[], secret: pulumi.Input<string>): Values {
  if (below.length === 0) return { ...values, [key]: secret };
  const inner = values[key];
  return { ...values, [key]: put(isValues(inner) ? inner : {}, below, secret) };
}

/** A chart's values (pure) with secrets at their places, such as `admin.password`; nothing else stands there. */
export function valuesWithSecrets(
  values: Values,
  secrets: Readonly<Record<string, pulumi.Input<string>>>,
): pulumi.Inputs {
  return Object.entries(secrets).reduce<Values>((all, [place, secret]) => put(all, place.split("."), secret), values);
}
