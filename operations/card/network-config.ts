import { yaml11 } from "../../components/host/yaml-1-1.ts";
import type { CardHost } from "./card-host.ts";
import { markLine } from "./mark.ts";

/**
 * The Pi's own Ethernet interface: `eth0`, or `end0` where the system names interfaces after the device tree. Not `e*`, which would
 * give a second adapter the same address.
 */
const onboardInterface = "e[nt][hd]0";

/**
 * `network-config` (pure): the fixed address, as netplan's version 2. The renderer stays the image's: NetworkManager on
 * Raspberry Pi OS, networkd on Ubuntu. The interface's key is its name where no netplan is installed and `match` isn't read.
 */
export function networkConfig({ name, address, prefix, gateway, nameServers }: CardHost): string {
  const document = {
    network: {
      version: 2,
      ethernets: {
        eth0: {
          match: { name: onboardInterface },
          dhcp4: false,
          addresses: [`${address}/${prefix}`],
          // `default` in place of the range is unknown to older releases.
          routes: [{ to: "0.0.0.0/0", via: gateway }],
          nameservers: { addresses: nameServers },
        },
      },
    },
  };
  return `${markLine(name)}${yaml11(document, { lineWidth: 0 })}`;
}
