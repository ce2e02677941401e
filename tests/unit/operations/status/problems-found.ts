import type { ClusterFacts, Facts } from "../../../../operations/status/facts.ts";
import { findingsOf } from "../../../../operations/status/findings.ts";
import { clusterFacts, factsWith } from "./facts-fixture.ts";

/** What is found in facts, each as one line. */
export const problemsOf = (facts: Facts) => findingsOf(facts).map(({ about, problem }) => `${about}: ${problem}`);

/** What is found where something of the cluster isn't as declared. */
export const problemsIn = (change: Partial<ClusterFacts>) => problemsOf(factsWith({ cluster: clusterFacts(change) }));
