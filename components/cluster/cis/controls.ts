import type { ClusterSettings } from "../../settings/schema/cluster.ts";
import type { Options } from "../node-loss.ts";
import type { Control, Setting } from "./control.ts";
import { controlPlaneControls } from "./control-plane-controls.ts";
import { fileControls } from "./file-controls.ts";
import { nodeControls } from "./node-controls.ts";
import { policyControls } from "./policy-controls.ts";

/** Every control of the benchmark, in its order. */
export const controls: readonly Control[] = [
  ...fileControls,
  ...controlPlaneControls,
  ...nodeControls,
  ...policyControls,
];

type Distribution = ClusterSettings["distribution"];

function settingsOf(distribution: Distribution): readonly Setting[] {
  return controls.flatMap(({ sets, setsByKubeadm }) => {
    const found = distribution === "kubeadm" ? [sets, setsByKubeadm] : [sets];
    return found.filter((each) => each !== undefined);
  });
}

/** Options (pure) that the controls set for a program of the control plane. */
export function controlOptions(
  distribution: Distribution,
  program: "apiServer" | "controllerManager" | "scheduler",
): Options {
  return settingsOf(distribution).flatMap((setting) => setting[program] ?? []);
}

/** What the controls set in every kubelet's configuration (pure). */
export function controlsOfKubelet(distribution: Distribution): NonNullable<Setting["kubelet"]> {
  return Object.assign({}, ...settingsOf(distribution).map(({ kubelet = {} }) => kubelet));
}
