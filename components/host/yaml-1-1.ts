import { type CreateNodeOptions, type DocumentOptions, stringify, type ToStringOptions } from "yaml";

/**
 * Renders (pure) YAML for what reads YAML 1.1: kubeadm, k3s, kubectl, cloud-init and netplan. To them a plain `n`, `y` or `on` is a
 * boolean, and `1:30` a number to the base of sixty; YAML 1.2, the library's own, knows neither, so it wouldn't quote a host named `n`.
 */
export function yaml11(value: unknown, options: DocumentOptions & CreateNodeOptions & ToStringOptions = {}): string {
  return stringify(value, { ...options, compat: "yaml-1.1" });
}
