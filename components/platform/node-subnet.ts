/** The label by which a node tells the declared subnet that its address lies in. */
export const subnetLabel = "grappe.dev/subnet";

/** A subnet as a label's value, where `/` is not allowed: `192.168.1.0/24` becomes `192.168.1.0-24`. */
export function subnetLabelValue(cidr: string): string {
  return cidr.replace("/", "-");
}
