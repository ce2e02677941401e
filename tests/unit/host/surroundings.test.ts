import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { hasNamespaces, inOwnNamespace } from "./own-namespace.ts";

const host = (path: string) => fileURLToPath(new URL(`../../../components/host/${path}`, import.meta.url));

/** Runs a part of preflight or preparation on a machine of its own; `given` comes before it, `body` after. */
async function onMachine(part: string, given: string, body: string) {
  const { stdout, stderr } = await inOwnNamespace(`
mkdir -p bin; PATH=$PWD/bin:$PATH
name=pi-1 role=server environment=hardware architecture=arm64 privateAddress=192.168.1.11 subnet=192.168.1.0/24
raspberry_pi=false packages='containerd conntrack'
finding() { echo "finding: $1; fix: $3"; }
warning() { echo "warning: $1"; }
fail() { echo "failed: $*"; exit 1; }
write_file() { cat > "$1"; }
${given}
. ${host(part)}
${body}`);
  expect(stderr).toBe("");
  return stdout.trim();
}

/** dpkg-query and apt-get as on a machine with these packages; apt's answers are its own words, from a Debian 12 with docker-ce. */
const withPackages = (...installed: readonly string[]) => `
cat > bin/dpkg-query << 'PROGRAM'
#!/bin/sh
for name in ${installed.join(" ")}; do echo "$name installed"; done
PROGRAM
cat > bin/apt-get << 'PROGRAM'
#!/bin/sh
echo "apt-get $*" >> /run/apt
case "$*" in
  *--simulate*containerd*) echo 'Remv docker-ce [5:28.3]'; echo 'Remv containerd.io [1.7.27]'; echo 'Inst containerd (1.6.20)' ;;
  *--simulate*) echo 'Inst conntrack (1:1.4.7)' ;;
esac
PROGRAM
chmod +x bin/*
. ${host("preparation/packages.sh")}`;

describe.runIf(hasNamespaces)("a machine with other packages on it", () => {
  const checked = (given: string) => onMachine("preflight/system-checks.sh", given, "check_packages");

  test("is refused where installing ours would remove some, by their names", async () => {
    expect(await checked(withPackages("docker-ce"))).toMatch(
      /^finding: installing containerd conntrack would remove docker-ce containerd\.io; fix: /,
    );
  });

  test("keeps Docker's containerd.io, which does the work", async () => {
    expect(await checked(withPackages("docker-ce", "containerd.io"))).toBe("");
    const install = "packages='containerd' environment=container; install_packages; ls /run/apt 2>&1";
    const given = withPackages("docker-ce", "containerd.io");
    expect(await onMachine("preparation/packages.sh", given, install)).toContain("No such file");
  });

  test("loses none by the preparation either", async () => {
    const body = "packages=conntrack environment=container; dpkg() { true; }; install_packages; grep install /run/apt";
    expect(await onMachine("preparation/packages.sh", withPackages("docker-ce"), body)).toMatch(/--no-remove/);
  });
});

describe.runIf(hasNamespaces)("a machine's kernel and memory", () => {
  const controllers = (version: 1 | 2) =>
    version === 2
      ? "mount -t tmpfs none /sys/fs/cgroup; echo 'cpu memory' > /sys/fs/cgroup/cgroup.controllers"
      : 'mount -t tmpfs none /sys/fs/cgroup; grep() { true; }; awk() { if [[ $* = */proc/cgroups ]]; then true; else command awk "$@"; fi; }';

  test("with cgroup v1 is refused: the kubelet refuses it", async () => {
    const checked = (given: string) => onMachine("preflight/system-checks.sh", given, "check_cgroups");
    expect(await checked(controllers(1))).toMatch(
      /^finding: its kernel runs cgroup v1; fix: boot with systemd\.unified/,
    );
    expect(await checked(controllers(2))).toBe("");
    expect(await checked(`environment=container\n${controllers(1)}`)).toBe("");
  });

  test.each([
    [1000, "", /^finding: has 1000 MiB of memory/],
    [1849, "", /^$/],
    [1000, "mkdir -p /var/lib/grappe; touch /var/lib/grappe/host", /^$/],
    [500, "role=agent", /^$/],
    [300, "role=agent", /^finding: has 300 MiB/],
  ])("with %i MiB", async (mebibytes, given, expected) => {
    const memory = `echo 'MemTotal: ${mebibytes * 1024} kB' > /run/meminfo; awk() { command awk "$1" /run/meminfo; }`;
    expect(await onMachine("preflight/system-checks.sh", `${given}\n${memory}`, "check_memory")).toMatch(expected);
  });
});

describe.runIf(hasNamespaces)("a machine's network", () => {
  const lan = "ip link add lan type bridge; ip address add 192.168.1.11/24 dev lan; ip link set lan up";
  const checked = (given: string) =>
    onMachine("preflight/network-checks.sh", `${lan}\n${given}`, "check_default_route");

  test("without a default route is refused, as Services' addresses are reached by it", async () => {
    expect(await checked("")).toMatch(/^finding: has no default route; fix: /);
    expect(await checked("ip route add default via 192.168.1.1 dev lan")).toBe("");
  });

  test("is left alone where it is a node already, or a container", async () => {
    expect(await checked("mkdir -p /var/lib/grappe; touch /var/lib/grappe/host")).toBe("");
    expect(await checked("environment=container")).toBe("");
  });

  test.each([
    ["", false, /^finding: has no name server .*; fix: name one/],
    ["nameserver 127.0.0.1", false, /^finding: asks itself for names \(127\.0\.0\.1 in/],
    [
      "nameserver 192.168.1.1\nnameserver 127.0.0.53",
      false,
      /^finding: asks itself for names \(192\.168\.1\.1 127\.0\.0\.53 in/,
    ],
    ["nameserver 127.0.0.53", true, /^$/],
    ["search lan\nnameserver 192.168.1.1", false, /^$/],
  ])("with «%s» for names, systemd-resolved: %s", async (servers, resolved, expected) => {
    const given = `printf '%b\\n' '${servers}' > /run/resolv; mount --bind /run/resolv "$(readlink -f /etc/resolv.conf)"
systemctl() { ${resolved}; }`;
    const ask = (before: string) =>
      onMachine("preflight/network-checks.sh", `${before}\n${given}`, "check_name_server");
    expect(await ask("")).toMatch(expected);
    expect(await ask("environment=container")).toBe("");
  });

  test("with a port taken is refused, whichever part of Kubernetes listens there", async () => {
    const listen =
      "openssl s_server -accept 10256 -nocert > /dev/null 2>&1 & for i in {1..50}; do if ss -ltn | grep -q :10256; then break; fi; sleep 0.1; done";
    const found = await onMachine("preflight/network-checks.sh", `ports='10250 10256'\n${listen}`, "check_ports");
    expect(found).toMatch(/^finding: TCP port 10256 is taken by openssl/);
  });
});

describe.runIf(hasNamespaces)("a machine that was a node of others", () => {
  const checked = (path: string) =>
    onMachine("preflight/system-checks.sh", `mkdir -p "$(dirname ${path})"; touch ${path}`, "check_foreign_kubernetes");

  test.each([
    ...["/var/lib/rancher/k3s/agent", "/etc/rancher/node", "/var/lib/k0s", "/var/lib/etcd/member", "/etc/rancher/rke2"],
    "/etc/kubernetes/manifests/kube-apiserver.yaml",
  ])("is refused for what is left: %s", async (path) => {
    const found = await checked(path);
    expect(found).toContain(`finding: is a node of another cluster already (${path});`);
    expect(found).toMatch(/fix: take it out of that cluster/);
  });

  test("isn't by an empty folder of its package", async () => {
    expect(await checked("/etc/kubernetes/manifests/.kept")).toBe("");
  });

  const kubeadm = "packages='containerd conntrack'";
  const looked = (given: string) =>
    onMachine("preflight/network-checks.sh", `rm -rf /etc/cni; ${kubeadm}\n${given}`, "check_foreign_pod_network");
  const podman = "mkdir -p /etc/cni/net.d; touch /etc/cni/net.d/87-podman-bridge.conflist";

  test("has no pod network of others, where containerd would take it", async () => {
    expect(await looked(podman)).toMatch(/^finding: has a pod network of others \(.*87-podman.*; fix: move it out of/);
    expect(await looked("")).toBe("");
    expect(await looked(`${podman}; packages='iptables curl'`)).toBe("");
    expect(await looked(`${podman}; mkdir -p /var/lib/grappe; touch /var/lib/grappe/host`)).toBe("");
  });

  test("is warned of where it drops what it forwards, as Docker makes it", async () => {
    const forwards = (policy: string) =>
      onMachine("preflight/network-checks.sh", `${kubeadm}; iptables -P FORWARD ${policy}`, "check_forwarding");
    expect(await forwards("DROP")).toMatch(
      /^warning: it drops what it forwards .*cni is routed; fix: "ip-forward-no-drop"/,
    );
    expect(await forwards("ACCEPT")).toBe("");
  });
});

describe.runIf(hasNamespaces)("a machine's disk", () => {
  const values = "maxFdatasyncMilliseconds=10 allowSlowDisk=no imageArchives=''";
  const checked = (given: string) => onMachine("preflight/disk-checks.sh", `${values}\n${given}`, "check_file_system");

  test("that is gone with a reboot is refused, and one that holds no layers", async () => {
    // The tests' machine has a tmpfs there.
    expect(await checked("")).toMatch(/^finding: \/var\/lib is on tmpfs; fix: boot it with a writable root/);
    for (const kind of ["overlayfs", "nfs", "fuseblk"])
      expect(await checked(`stat() { echo ${kind}; }`)).toContain(`/var/lib is on ${kind};`);
  });

  const options = (given: string) =>
    onMachine("preflight/disk-checks.sh", `${values}\n${given}`, "check_file_system_options");

  test("from which nothing runs is refused", async () => {
    expect(await options("mount -o remount,noexec /var/lib")).toMatch(
      /^finding: \/var\/lib is mounted with noexec; fix: mount it without/,
    );
    expect(await options("environment=container; mount -o remount,noexec /var/lib")).toBe("");
  });

  test("without inodes is refused, and one that counts none taken", async () => {
    const said = (total: string, free: string) =>
      options(
        `df() { printf 'Filesystem Inodes IUsed IFree IUse%%%% Mounted\\n/dev/sda1 ${total} 1 ${free} 1%%%% /\\n'; }`,
      );
    expect(await said("65536", "1200")).toMatch(/^finding: has 1200 inodes free/);
    expect(await said("65536", "60000")).toBe("");
    expect(await said("0", "0")).toBe("");
    expect(await said("-", "-")).toBe("");
  });

  test("of another kind is taken, and whatever a container has", async () => {
    for (const kind of ["ext2/ext3", "xfs", "btrfs", "zfs"]) expect(await checked(`stat() { echo ${kind}; }`)).toBe("");
    expect(await checked("environment=container")).toBe("");
  });
});

describe.runIf(hasNamespaces)("a machine that has a proxy of its own", () => {
  const checked = (given: string) => onMachine("preflight/proxy-check.sh", given, "check_proxy");
  const secret = "http://shop:geheim@proxy.test:3128";

  test.each([
    `echo 'https_proxy=${secret}' > /etc/environment`,
    `echo 'export HTTP_PROXY="${secret}"' > /etc/profile.d/proxy.sh`,
    `echo 'Acquire::http::Proxy "${secret}";' > /etc/apt/apt.conf.d/01proxy`,
  ])("is warned of, without what stands there: %s", async (given) => {
    const found = await checked(`rm -f /etc/apt/apt.conf.d/*; ${given}`);
    expect(found).toMatch(/^warning: it reaches the internet by a proxy \(\/etc\/.*fix: grappe:site\.proxy$/);
    expect(found).not.toContain("geheim");
  });

  test("isn't where that is a comment, ours, or none", async () => {
    const none = "rm -f /etc/apt/apt.conf.d/* /etc/profile.d/*; : > /etc/environment";
    const own = "echo 'Acquire::http::Proxy-Auto-Detect \"x\";' > /etc/apt/apt.conf.d/90grappe-proxy";
    expect(await checked(`${none}; echo '# https_proxy=x' > /etc/environment; ${own}`)).toBe("");
  });
});

describe.runIf(hasNamespaces)("a machine's clock", () => {
  const text = readFileSync(host("preparation/prepare.sh"), "utf8");
  const steps = /^\{\n([\s\S]*?)^\} >&2$/m.exec(text)?.[1] ?? "";
  const prepared = (clients: string, environment = "hardware") =>
    onMachine(
      "preparation/clock.sh",
      "",
      `systemctl() { if [[ $1 = list-unit-files ]]; then echo '${clients}'; fi; }
for step in ${[...new Set([...steps.matchAll(/\b[a-z]+(?:_[a-z]+)+\b/g)].map(([name]) => name))].join(" ")} synchronise_clock; do
  if [[ $step != has_time_client && $step != reboot_needed ]]; then eval "$step() { echo $step; }"; fi
done
environment=${environment}\n${steps}`,
    );

  test("is right before apt loads its lists, where something can set it", async () => {
    expect(await prepared("systemd-timesyncd.service enabled")).toMatch(/synchronise_clock\ninstall_packages\n/);
  });

  test("is set once its program is there, where nothing can yet; a container's is this computer's", async () => {
    expect(await prepared("")).toMatch(/install_packages\n[\s\S]*turn_swap_off\nsynchronise_clock$/);
    expect(await prepared("", "container")).not.toContain("synchronise_clock");
  });
});

describe.runIf(hasNamespaces)("the kernel's parameters", () => {
  test("are the last that a boot reads, whatever a hardened system says", async () => {
    const given = `mkdir -p /etc/sysctl.d; sysctl() { true; }
echo net.ipv4.ip_forward=0 | tee /etc/sysctl.d/99-cis.conf > /etc/sysctl.d/99-sysctl.conf
touch /etc/sysctl.d/90-grappe.conf; kernelModules=overlay`;
    const body =
      "set_kernel_parameters; ls /etc/sysctl.d/*.conf | LC_ALL=C sort | tail -n 1; ls /etc/sysctl.d/90-grappe.conf 2>&1";
    const found = await onMachine("preparation/kernel.sh", given, `${body} || true`);
    expect(found).toMatch(/^\/etc\/sysctl\.d\/99-zz-grappe\.conf\n.*No such file/);
  });
});

describe.runIf(hasNamespaces)("a machine's name where cloud-init manages /etc/hosts", () => {
  const template = "/etc/cloud/templates/hosts.debian.tmpl";
  const original = "## template:jinja\n# made by cloud-init\n127.0.1.1 {{fqdn}} {{hostname}}\n127.0.0.1 localhost\n";
  const given = `mkdir -p /etc/cloud/templates; printf '%s' '${original}' > ${template}; hostname() { echo pi-1; }`;

  test("stands in what it is made of, before its own line, once", async () => {
    const body = `set_host_name; set_host_name; cat ${template}`;
    expect((await onMachine("preparation/host-name.sh", given, body)).split("\n").slice(0, 4)).toEqual([
      "## template:jinja",
      "192.168.1.11 pi-1 # grappe",
      "# made by cloud-init",
      "127.0.1.1 {{fqdn}} {{hostname}}",
    ]);
  });

  test("goes from there with the cleanup", async () => {
    const cleanup = `set_host_name
state=/var/lib/grappe deleteData=no; mkdir -p $state
try() { "$@"; }
systemctl() { false; }
. ${host("cleanup/clean-files.sh")}
restore_system; cat ${template}`;
    expect(`${await onMachine("preparation/host-name.sh", given, cleanup)}\n`).toBe(original);
  });
});
