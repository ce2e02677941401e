import { type CniManifest, plainPackets } from "../manifest.ts";

/** The bridge plugin on each host and plain routes between them: no overlay, no image. */
export const routed: CniManifest = {
  title: "plain routes",
  distributions: { kubeadm: "hosts" },
  enforcesPolicies: [],
  replacesKubeProxy: false,
  podSubnets: "allocator",
  packets: () => "plain",
  nodePorts: () => [plainPackets],
  variants: [{ flannelBackend: "vxlan" }],
  openPorts: [],
  kernelModules: () => [],
  folders: [],
};
