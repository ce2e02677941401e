import { join } from "node:path";
import { repository } from "../../lab/stack/lab-folder.ts";
import { ApiClient, ApiError } from "../../runtime/kubernetes-api/api-client.ts";
import { run } from "../../runtime/subprocess.ts";

async function kubeconfigOf(lab: string, ...words: readonly string[]): Promise<string> {
  return (await run([join(repository, "grappe"), "kubeconfig", "--lab", lab, ...words])).stdout;
}

/** A client of the lab's API as `./grappe kubeconfig` lets a person in. */
export async function personOf(lab: string, user: string, role: string): Promise<ApiClient> {
  return new ApiClient(await kubeconfigOf(lab, "--user", user, "--role", role, "--hours", "0.2"));
}

export async function revoke(lab: string, user: string): Promise<void> {
  await kubeconfigOf(lab, "--revoke", user);
}

/** The API's answer, an HTTP status. */
export async function answerTo(person: ApiClient, method: "GET" | "DELETE", path: string): Promise<number> {
  return await person.request({ method, path }).then(
    () => 200,
    (error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      return error.status;
    },
  );
}
