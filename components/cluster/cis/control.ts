import type { Options } from "../node-loss.ts";

/** What a control sets, wherever Kubernetes comes from. */
export interface Setting {
  readonly apiServer?: Options;
  readonly controllerManager?: Options;
  readonly scheduler?: Options;
  /** Fields of a KubeletConfiguration. */
  readonly kubelet?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/**
 * A control of the CIS Kubernetes Benchmark: what it sets, or why it sets nothing. The numbers are those of version 1.12; k3s' guide
 * (k3s-cis-1.9) has the same, but for 1.2.30 and 4.2.14, which came after it.
 */
export interface Control {
  readonly number: string;
  /** What is asked for, in short. */
  readonly asks: string;
  /** The benchmark's own check decides; else a person does («manual»). */
  readonly automated?: true;
  /** With both distributions, and further with one of them. */
  readonly sets?: Setting;
  readonly setsByKubeadm?: Setting;
  /** Who sees to it, or why it isn't done. */
  readonly answer: string;
  /** Where k3s does it otherwise. */
  readonly answerOfK3s?: string;
  /** What shows it: with kubeadm, on a node unless it is kubectl. */
  readonly look?: string;
}
