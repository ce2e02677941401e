import { ApiError } from "../../runtime/kubernetes-api/api-client.ts";
import { errorChain } from "../errors/error-chain.ts";
import { whyUnreached } from "../errors/explain-system-error.ts";

/** Why a question wasn't answered (pure), in a few words. */
export function whyUnanswered(error: unknown): string {
  const chain = errorChain(error);
  if (chain.some(({ name }) => name === "TimeoutError" || name === "AbortError")) return "it took too long";
  const refusal = chain.find((one) => one instanceof ApiError);
  if (refusal !== undefined)
    return refusal.status === 401 ? "it refuses the kubeconfig (401)" : `${refusal.status} ${refusal.message}`;
  return whyUnreached(error) ?? chain.at(-1)?.message ?? String(error);
}
