import { containerEngine } from "../../lab/hardware/container-engine.ts";
import { containerName } from "../../lab/hardware/host-container.ts";

/** Runs a script in a host as root, past SSH: tests must see what is there, not what the program's own way in shows. */
export async function inHost(lab: string, host: string, script: string): Promise<string> {
  const engine = await containerEngine();
  return (await engine.run(["exec", containerName(lab, host), "bash", "-c", script])).stdout;
}

/**
 * What a host has: files (without caches and logs of the system), units, routes, packet rules, links, mounts, processes. What systemd
 * mounts for the credentials of its own services comes and goes with a boot's timing, and is no trace of ours. A built-in chain
 * that accepts is no trace: the kernel shows it from the first look at its table on.
 */
const inventory = `
find / -xdev \\( -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /var/log -o -path /var/cache \\
  -o -path /var/lib/containerd -o -path /var/tmp -o -path /var/lib/systemd -o -path /var/lib/private \\) -prune -o -print | sort | sed 's/^/file /'
systemctl list-unit-files --no-legend --no-pager | awk '{print "unit", $1, $2}' | sort
systemctl list-units --all --type=service,timer,mount --no-legend --plain --no-pager | awk '$3 != "inactive" {print "active", $1}' | grep -v -E 'session|user|systemd-tmpfiles|logrotate|run-credentials-' | sort || true
ip -4 route show table all | sed 's/^/route /' | sort
ip -o link show | awk '{print "link", $2}' | sed 's/@.*//' | sort
iptables-save | grep -E '^(-A|:)' | grep -v -E '^:(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING) ACCEPT' | sed 's/\\[.*\\]//; s/^/rule /' | sort || true
awk '$5 ~ /kubelet|containerd|netns/ && $5 != "/var/lib/containerd" {print "mount", $5}' /proc/self/mountinfo | sort
ps -eo comm= | grep -E 'kubelet|kube-|etcd|containerd-shim|keepalived|pause' | sed 's/^/process /' || true
`;

export async function traces(lab: string, host: string): Promise<ReadonlySet<string>> {
  return new Set((await inHost(lab, host, inventory)).split("\n").filter((line) => line !== ""));
}
