import { resolve } from "node:path";
import { RunError } from "@pulumi/pulumi/errors.js";
import { readBundle } from "../../components/host/bundle.ts";
import { none } from "./address-questions.ts";
import {
  type ApplicationName,
  applicationNames,
  type ClusterChoice,
  chooseCluster,
  type Distribution,
  type NodeNetwork,
  type Offer,
  offerOf,
  publishers,
} from "./cluster-choice.ts";
import type { Interview } from "./interview.ts";
import { expandHome } from "./ssh-private-key.ts";

/** What can be installed, and from where. */
export interface Source {
  readonly offer: Offer;
  /** Absolute path; absent: the publishers. */
  readonly bundle?: string;
}

/** The bundle that `--bundle` names, or the publishers. @throws BundleError if the folder is no bundle */
export async function chooseSource(interview: Interview): Promise<Source> {
  const given = interview.given("bundle");
  if (given === undefined) return { offer: publishers };
  const bundle = resolve(expandHome(given));
  return { offer: offerOf(await readBundle(bundle)), bundle };
}

const isDistribution = (text: string): text is Distribution => text === "k3s" || text === "kubeadm";

/** Asks for the distribution, and takes the rest of what Kubernetes is from it. */
export async function askCluster(interview: Interview, offer: Offer, network: NodeNetwork): Promise<ClusterChoice> {
  const described = {
    k3s: "k3s: small, for Raspberry Pis and shops",
    kubeadm: "kubeadm: Kubernetes as its publisher builds it",
  };
  const offered = (["k3s", "kubeadm"] as const).filter((each) => offer.versions[each] !== undefined);
  return await interview.ask({
    option: "distribution",
    message: "Which Kubernetes",
    proposal: offered[0],
    choices: offered.map((value) => ({ value, name: `${described[value]}, ${offer.versions[value]}` })),
    read: (text) => {
      if (!isDistribution(text)) throw new RunError(`${text} is no distribution. Take k3s or kubeadm.`);
      return chooseCluster(text, offer, network);
    },
  });
}

const isApplication = (text: string): text is ApplicationName => applicationNames.some((name) => name === text);

/** Reads (pure) a list of applications, or `none`. @throws RunError if one isn't known or offered */
export function readApplications(text: string, offer: Offer, bundle: string | undefined): readonly ApplicationName[] {
  if (text.trim() === none) return [];
  const names = text.split(/[\s,]+/).filter((each) => each !== "");
  return [...new Set(names)].map((name) => {
    if (!isApplication(name))
      throw new RunError(`${name} is no application. Take some of ${applicationNames.join(", ")}, or ${none}.`);
    if (!offer.applications.includes(name))
      throw new RunError(`${name} isn't in the bundle ${bundle}. Add it (./grappe bundle), or leave it out.`);
    return name;
  });
}

/** Asks which applications are deployed. */
export async function askApplications(
  interview: Interview,
  { offer, bundle }: Source,
): Promise<readonly ApplicationName[]> {
  // Of everything, a shop; of a bundle, what it was made for.
  const proposed = bundle === undefined ? ["odoo"] : offer.applications;
  return await interview.ask({
    option: "apps",
    message: `Applications, with commas between them (${applicationNames.join(", ")}), or ${none}`,
    proposal: proposed.length === 0 ? none : proposed.join(","),
    read: (text) => readApplications(text, offer, bundle),
  });
}
