import { createHash } from "node:crypto";

/** Label by which a Node says which machine it is: a machine of the same name that replaces it has another value. */
export const machineLabel = "grappe.dev/machine";

/** The label's value (pure) of a machine's identity. */
export function machineLabelValue(identity: string): string {
  return createHash("sha256").update(identity).digest("hex").slice(0, 16);
}

/** Label by which nodes of one subnet are selected, such as those that can announce a load balancer's addresses. */
export const subnetLabel = "grappe.dev/subnet";

/** The label's value (pure) of a declared subnet: `192.168.1.0/24` becomes `192.168.1.0-24`. */
export function subnetLabelValue(cidr: string): string {
  return cidr.replace("/", "-");
}
