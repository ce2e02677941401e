import { expect, test } from "vitest";
import { addressesOf, labNetworks } from "../../../lab/hardware/addresses.ts";
import { mayRaiseLimits } from "../../../lab/hardware/container-engine.ts";
import {
  connectParameters,
  createParameters,
  type HostContainer,
  networkParameters,
  parseLabels,
} from "../../../lab/hardware/host-container.ts";

const networks = labNetworks({ admin: "10.1.2.0/24", cluster: "10.3.4.0/24" });
const labels = {
  lab: "one",
  host: "server-1",
  slot: 2,
  hostKey: "ssh-ed25519 AAAA",
  machineId: "0123",
  authorizedKey: "ssh-ed25519 BBBB",
};
const container: HostContainer = { labels, addresses: addressesOf(networks, 2), image: "image:tag" };

test("podman joins both networks at creation, with fixed addresses and interfaces", () => {
  const parameters = createParameters({ kind: "podman", mayRaiseLimits: true }, container);
  expect(parameters).toContain("--network=grappe-lab-one-admin:ip=10.1.2.13,interface_name=eth0");
  expect(parameters).toContain("--network=grappe-lab-one-cluster:ip=10.3.4.13,interface_name=eth1");
  expect(parameters).toContain("--volume=grappe-lab-one-server-1-containerd:/var/lib/containerd");
  expect(parameters).not.toContain("--ulimit=host");
  // Else podman mounts the whole computer's systemd hierarchy, where one host's systemd removes the others' cgroups.
  expect(parameters).toEqual(
    expect.arrayContaining(["--systemd=false", "--cgroupns=private", "--tmpfs=/run:mode=755"]),
  );
  expect(parameters.slice(-2)).toEqual(["image:tag", "/sbin/init"]);
  expect(connectParameters("podman", container)).toBeUndefined();
});

test("where limits can't be raised, podman leaves them as they are", () => {
  expect(createParameters({ kind: "podman", mayRaiseLimits: false }, container)).toContain("--ulimit=host");
});

test("docker joins the admin network at creation and the cluster's after it", () => {
  const parameters = createParameters({ kind: "docker", mayRaiseLimits: true }, container);
  expect(parameters).toEqual(expect.arrayContaining(["--network=grappe-lab-one-admin", "--ip=10.1.2.13"]));
  expect(parameters.join(" ")).not.toContain("systemd=always");
  const names = ["grappe-lab-one-cluster", "grappe-lab-one-server-1"];
  expect(connectParameters("docker", container)).toEqual(["network", "connect", "--ip=10.3.4.13", ...names]);
});

test("what the labels say is read back from them", () => {
  const parameters = createParameters({ kind: "podman", mayRaiseLimits: true }, container);
  const written = parameters.filter((parameter) => parameter.startsWith("--label="));
  const pairs = written.map((label) => label.slice("--label=".length).split(/=(.*)/s, 2));
  expect(parseLabels(Object.fromEntries(pairs))).toEqual(labels);
  const { "grappe.lab.authorized-key": _, ...earlier } = Object.fromEntries(pairs);
  expect(parseLabels(earlier)).not.toHaveProperty("authorizedKey");
  expect(() => parseLabels({})).toThrow(/grappe\.lab\.name/);
});

test("the cluster's network translates no addresses, the admin one leads out", () => {
  expect(networkParameters("podman", "one", "cluster", networks)).toContain("--internal");
  expect(networkParameters("podman", "one", "admin", networks)).not.toContain("--internal");
  expect(networkParameters("docker", "one", "cluster", networks)).toContain(
    "--opt=com.docker.network.bridge.enable_ip_masquerade=false",
  );
});

test("CAP_SYS_RESOURCE is bit 24 of a process's effective capabilities", () => {
  expect(mayRaiseLimits("Name:\tnode\nCapEff:\t000001ffffffffff\n")).toBe(true);
  expect(mayRaiseLimits("Name:\tnode\nCapEff:\t000001fffeffffff\n")).toBe(false);
  expect(mayRaiseLimits("")).toBe(false);
});
