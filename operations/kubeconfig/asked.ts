import { UsageError } from "../errors/usage-error.ts";

/** The API server takes no request for less than ten minutes; longer than a day isn't short-lived. */
const leastSeconds = 600;
const mostSeconds = 24 * 3_600;

/** What is wrong with a person's name (pure); `undefined` where nothing is. It becomes a part of objects' names and a label. */
function problemOfUser(user: string): string | undefined {
  if (user === "kubernetes-admin") return "kubernetes-admin is the cluster's own administrator; give the person's name";
  if (/^[a-z0-9]([a-z0-9.-]{0,38}[a-z0-9])?$/.test(user)) return undefined;
  return `${user === "" ? "it is empty" : user}: give small letters, digits, dots and hyphens, at most 40, such as anna`;
}

/** Seconds of so many hours (pure), as whole ones. */
export function secondsOf(hours: number): number {
  return Math.round(hours * 3_600);
}

/** What is wrong with the hours (pure); `undefined` where nothing is. */
function problemOfHours(hours: number): string | undefined {
  const seconds = secondsOf(hours);
  if (seconds >= leastSeconds && seconds <= mostSeconds) return undefined;
  return `${hours}: give from 0.17 (ten minutes, the API server's least) to 24, such as 8`;
}

/** What a command line says; absent is what it doesn't. */
export interface Asked {
  readonly stack?: string;
  readonly lab?: string;
  readonly user?: string;
  readonly revoke?: string;
  readonly role?: string;
  readonly namespace?: string;
  readonly output?: string;
  readonly hours?: number;
}

/** @throws UsageError with what to give, unless it can be done as it is asked */
export function assertAsked({ stack, lab, user, revoke, role, namespace, output, hours }: Asked): void {
  if ((stack === undefined) === (lab === undefined))
    throw new UsageError("Of which cluster? ./grappe kubeconfig STACK, or ./grappe kubeconfig --lab NAME");
  if ((user === undefined) === (revoke === undefined))
    throw new UsageError("For whom? ./grappe kubeconfig STACK --user anna --role view, or --revoke anna");
  const person = problemOfUser(user ?? revoke ?? "");
  if (person !== undefined) throw new UsageError(`--${user === undefined ? "revoke" : "user"} ${person}.`);
  if (revoke !== undefined && [role, namespace, output, hours].some((given) => given !== undefined))
    throw new UsageError("--revoke takes all that the person was given: leave the other options out.");
  const span = hours === undefined ? undefined : problemOfHours(hours);
  if (span !== undefined) throw new UsageError(`--hours ${span}.`);
}
