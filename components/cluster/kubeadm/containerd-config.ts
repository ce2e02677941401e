import type { Host } from "../../host/host.ts";

/** Where programs of the pod network are; Debian's containerd looks elsewhere unless told. */
export const cniBinaries = "/opt/cni/bin";

/** What of containerd's configuration depends on the host. */
export interface ContainerdArgs {
  readonly environment: Host["environment"];
  /** Image of the pods' sandbox, such as `registry.k8s.io/pause:3.10.2`. */
  readonly sandboxImage: string;
}

/** containerd may not lower its own OOM score where this computer doesn't grant CAP_SYS_RESOURCE to the lab. */
const restrictOomScore = (environment: Host["environment"]) => (environment === "container" ? "true" : "false");

/** Renders (pure) the configuration that containerd 1.x reads. */
export function renderContainerdVersion2({ environment, sandboxImage }: ContainerdArgs): string {
  return `version = 2

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${sandboxImage}"
  restrict_oom_score_adj = ${restrictOomScore(environment)}
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${cniBinaries}"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = true
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/etc/containerd/certs.d"
`;
}

/** Renders (pure) the configuration that containerd 2.x reads. */
export function renderContainerdVersion3({ environment, sandboxImage }: ContainerdArgs): string {
  return `version = 3

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "${sandboxImage}"
[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = "/etc/containerd/certs.d"

[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = ${restrictOomScore(environment)}
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ["${cniBinaries}"]
    conf_dir = "/etc/cni/net.d"
  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
      SystemdCgroup = true
`;
}

/** By which containerd, which pulls all images, uses the site's proxy. kubeadm and the kubelet load nothing themselves. */
export const containerdProxyDropIn = `[Service]
EnvironmentFile=-/etc/grappe/containerd-proxy.env
`;
