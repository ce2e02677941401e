/**
 * The month in which nodes look at their certificates (pure), such as `2026-11`. Those of k3s and kubeadm last a year and are renewed by
 * nothing else; as this value changes, the first `up` of a month looks, and renews what has less than 110 days left
 * (`lib/certificates.sh`). So who says `up` once in a quarter never loses them.
 */
export function certificateMonth(now: Date): string {
  return now.toISOString().slice(0, 7);
}
