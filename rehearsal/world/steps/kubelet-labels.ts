import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { Refusal } from "../refusal.ts";
import type { StepContext } from "./step.ts";

const registration = z.looseObject({
  "node-label": z.array(z.string()).optional(),
  nodeRegistration: z
    .looseObject({ kubeletExtraArgs: z.array(z.object({ name: z.string(), value: z.string() })).optional() })
    .optional(),
});

/** Labels by which a node registers itself, whichever file of its distribution holds them. */
function ownLabels({ values }: StepContext): readonly string[] {
  const texts = ["registration", "initConfig", "joinConfig"].map((name) => values.get(name) ?? "");
  return texts
    .flatMap((text) => parseAllDocuments(text).map((document) => registration.parse(document.toJS() ?? {})))
    .flatMap(({ "node-label": ofK3s = [], nodeRegistration }) => {
      const flag = nodeRegistration?.kubeletExtraArgs?.find(({ name }) => name === "node-labels")?.value ?? "";
      return [...ofK3s, ...flag.split(",")];
    })
    .map((label) => label.replace(/=.*$/, ""));
}

const isKubernetes = (label: string) => /^([^/]*\.)?(kubernetes|k8s)\.io\//.test(label);
const isTaken = (label: string) =>
  /^([^/]*\.)?(kubelet|node)\.kubernetes\.io\//.test(label) ||
  /^(failure-domain\.beta|topology)\.kubernetes\.io\/(zone|region)$/.test(label) ||
  /^(beta\.)?kubernetes\.io\/(arch|os)$|^kubernetes\.io\/hostname$|^beta\.kubernetes\.io\/instance-type$/.test(label);

/** The kubelet doesn't start with others, now or at its next start (cmd/kubelet/app/options, ValidateKubeletFlags). */
export function requireLabelsOfKubelet(context: StepContext): void {
  const unknown = ownLabels(context).filter((label) => isKubernetes(label) && !isTaken(label));
  if (unknown.length === 0) return;
  throw new Refusal(
    `${context.machine.name}: failed to validate kubelet flags: unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels: [${unknown.join(" ")}]`,
  );
}
