import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { ApiClient } from "../runtime/kubernetes-api/api-client.ts";
import { observed, releaseWait } from "../runtime/kubernetes-api/wait-observer.ts";
import { releaseType } from "../runtime/state/deployment.ts";

const releaseInputs = z.object({ name: z.string(), namespace: z.string() });

/** A Helm release, by its names in the cluster. */
export type ReleaseName = z.output<typeof releaseInputs>;

/** What a release waits for, asked of the cluster that a running stack's state has by then. */
export function releaseWaitOf(kubeconfig: () => Promise<string | undefined>) {
  let client: ApiClient | undefined;
  return async (release: ReleaseName): Promise<string | undefined> => {
    if (client === undefined) {
      const found = await kubeconfig();
      client = found === undefined ? undefined : new ApiClient(found);
    }
    return client === undefined ? undefined : await releaseWait(client, release);
  };
}

/** Says in the place of the official provider, which is silent while Helm waits, what a release waits for. */
export class ReleaseWaits {
  readonly #look: (release: ReleaseName) => Promise<string | undefined>;
  readonly #say: (urn: string, line: string) => void;
  readonly #times: { readonly quiet?: number; readonly interval?: number };
  readonly #underWay = new Map<string, () => void>();

  constructor(
    look: (release: ReleaseName) => Promise<string | undefined>,
    say: (urn: string, line: string) => void,
    times: { readonly quiet?: number; readonly interval?: number } = {},
  ) {
    this.#look = look;
    this.#say = say;
    this.#times = times;
  }

  event({ resourcePreEvent, resOutputsEvent, resOpFailedEvent }: EngineEvent): void {
    const ended = resOutputsEvent?.metadata.urn ?? resOpFailedEvent?.metadata.urn;
    if (ended !== undefined) this.#end(ended);
    const begun = resourcePreEvent?.metadata;
    if (begun?.type !== releaseType || !["create", "update", "create-replacement"].includes(begun.op)) return;
    const release = releaseInputs.safeParse(begun.new?.inputs);
    if (release.success) this.#begin(begun.urn, release.data);
  }

  #begin(urn: string, release: ReleaseName): void {
    this.#end(urn);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#underWay.set(urn, resolve);
    const look = () => this.#look(release);
    void observed(promise, look, (line) => this.#say(urn, line), this.#times);
  }

  #end(urn: string): void {
    this.#underWay.get(urn)?.();
    this.#underWay.delete(urn);
  }

  stop(): void {
    for (const urn of this.#underWay.keys()) this.#end(urn);
  }
}
