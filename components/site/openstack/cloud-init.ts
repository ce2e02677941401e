import { type CloudConfigArgs, cloudConfig } from "../../host/cloud-config.ts";
import { yaml11 } from "../../host/yaml-1-1.ts";

/** User data of an instance. The interface is configured by Neutron's DHCP, which always gives the port's fixed address and the network's MTU. */
export function cloudInit(args: CloudConfigArgs): string {
  return `#cloud-config\n${yaml11(cloudConfig(args), { lineWidth: 0 })}`;
}
