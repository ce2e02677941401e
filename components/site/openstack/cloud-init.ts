import { stringify } from "yaml";
import { type CloudConfigArgs, cloudConfig } from "../../host/cloud-config.ts";

/** User data of an instance. The interface is configured by Neutron's DHCP, which always gives the port's fixed address and the network's MTU. */
export function cloudInit(args: CloudConfigArgs): string {
  return `#cloud-config\n${stringify(cloudConfig(args), { lineWidth: 0 })}`;
}
