import ipaddr from "ipaddr.js";
import { contains, networkRange } from "../../components/settings/ipv4.ts";
import type { Machine, MachineFacts } from "./machine-facts.ts";

/** A network on which all of the machines have an address. */
export interface CommonNetwork {
  readonly cidr: string;
  /** The machines' addresses in it, in their order. */
  readonly addresses: readonly string[];
  /** All of them are reached over SSH by their address in it. */
  readonly isSsh: boolean;
  /** It is the machines' way out. */
  readonly leadsOut: boolean;
}

/** Interfaces that containers, virtual machines and tunnels bring along. */
const virtualInterfaces = /^(lo|docker|podman|br-|virbr|veth|cni|flannel|cali|tunl|vxlan|kube|wg|tun|tailscale|zt)/;

const cidrOf = ({ address, prefix }: MachineFacts["interfaces"][number]) =>
  `${ipaddr.IPv4.networkAddressFromCIDR(`${address}/${prefix}`)}/${prefix}`;

/** The networks (pure) that all machines are on; first the one that they are reached by, then the one that leads out. */
export function commonNetworks(machines: readonly Machine[]): readonly CommonNetwork[] {
  const usable = machines.map(({ facts }) => facts.interfaces.filter(({ name }) => !virtualInterfaces.test(name)));
  const candidates = [...new Set((usable[0] ?? []).filter(({ prefix }) => prefix <= 30).map(cidrOf))];
  return candidates
    .flatMap((cidr): readonly CommonNetwork[] => {
      const addresses = machines.flatMap(({ address }, index) => {
        const inIt = (usable[index] ?? []).filter((each) => cidrOf(each) === cidr).map((each) => each.address);
        return (inIt.includes(address) ? address : inIt[0]) ?? [];
      });
      if (addresses.length < machines.length) return [];
      const isSsh = machines.every(({ address }, index) => address === addresses[index]);
      const leadsOut = machines.every(({ facts }) => contains(networkRange(cidr), facts.gateway));
      return [{ cidr, addresses, isSsh, leadsOut }];
    })
    .toSorted((one, other) => rank(one) - rank(other));
}

const rank = ({ isSsh, leadsOut }: CommonNetwork) => (isSsh ? 0 : leadsOut ? 1 : 2);
