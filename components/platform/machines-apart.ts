/**
 * Affinity (pure) of an application's pods, by which two of them run on two machines wherever there are two; on a single one they run
 * beside each other.
 *
 * @param app what the pods' label `app.kubernetes.io/name` says
 */
export function machinesApart(app: string) {
  const labelSelector = { matchLabels: { "app.kubernetes.io/name": app } };
  const podAffinityTerm = { topologyKey: "kubernetes.io/hostname", labelSelector };
  return { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }] } };
}
