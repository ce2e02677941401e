import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { addressesOf, labNetworks } from "../../../lab/hardware/addresses.ts";
import { machineOf } from "../../../lab/hardware/create-host.ts";
import { createParameters, parseLabels } from "../../../lab/hardware/host-container.ts";
import { timeAnswer } from "../../../lab/hardware/own-kernel/time-server.ts";
import { ownKernels } from "../../../lab/stack/lab-settings.ts";

const networks = labNetworks({ admin: "10.1.2.0/24", cluster: "10.3.4.0/24" });
const labels = {
  lab: "one",
  host: "agent-1",
  slot: 0,
  hostKey: "ssh-ed25519 AAAA",
  machineId: "0123",
  kernel: "own",
} as const;
const machine = { files: "/cache/machine", memoryMebibytes: 1024 };

test("a machine with its own kernel has a container's place in the networks, a supervisor and the kernel's files", () => {
  const engine = { kind: "podman", mayRaiseLimits: true } as const;
  const parameters = createParameters(engine, { labels, addresses: addressesOf(networks, 0), image: "image", machine });
  expect(parameters).toEqual(
    expect.arrayContaining([
      "--privileged",
      "--network=grappe-lab-one-admin:ip=10.1.2.11,interface_name=eth0",
      "--volume=/cache/machine:/own-kernel:ro",
      "--volume=grappe-lab-one-agent-1-containerd:/machine",
      "--label=grappe.lab.kernel=own",
    ]),
  );
  expect(parameters.slice(-3)).toEqual(["image", "/opt/grappe-lab/supervise.sh", "1024"]);
  const pairs = parameters
    .filter((parameter) => parameter.startsWith("--label="))
    .map((label) => label.slice("--label=".length).split(/=(.*)/s, 2));
  const read = Object.fromEntries(pairs);
  expect(parseLabels(read)).toEqual(labels);
  expect(parseLabels({ ...read, "grappe.lab.kernel": "emulated" }).kernel).toBe("emulated");
});

test("an emulated machine is told from the others by its label", () => {
  const engine = { kind: "podman", mayRaiseLimits: true } as const;
  const host = {
    labels: { ...labels, kernel: "emulated" } as const,
    addresses: addressesOf(networks, 0),
    image: "image",
  };
  expect(createParameters(engine, { ...host, machine })).toContain("--label=grappe.lab.kernel=emulated");
});

test("a host is what the lab asks for by its name", () => {
  const spec = { lab: "one", authorizedKey: "ssh-ed25519 BBBB", ownKernel: { a: 1024 }, emulated: { b: 512 } };
  expect(machineOf(spec, "a")).toMatchObject({ label: "own", memoryMebibytes: 1024 });
  expect(machineOf(spec, "b")).toMatchObject({ label: "emulated", memoryMebibytes: 512 });
  expect(machineOf(spec, "c")).toBeUndefined();
});

test("servers get the memory that preflight asks for, agents what the applications take", async () => {
  expect(ownKernels({ servers: 1, agents: 2 }, true)).toEqual({ "server-1": 2048, "agent-1": 1536, "agent-2": 1536 });
  expect(ownKernels({ servers: 1, agents: 1 }, false)).toEqual({ "server-1": 3584, "agent-1": 3584 });
  const checks = await readFile("components/host/preflight/system-checks.sh", "utf8");
  const [, agent, server] = /needed=(\d+)[\s\S]*?role = server \]\]; then needed=(\d+)/.exec(checks) ?? [];
  // The kernel keeps some for itself: of 1024 MiB, 995 are left.
  expect(1536 * 0.95).toBeGreaterThan(Number(agent));
  expect(2048 * 0.95).toBeGreaterThan(Number(server));
});

test("the time server answers with the time, and with what it was asked at", () => {
  const request = Buffer.alloc(48);
  request[0] = (4 << 3) | 3;
  request.write("when-ask", 40, "latin1");
  const answer = timeAnswer(request, Date.UTC(2026, 10, 29, 9, 0, 0, 500)) ?? Buffer.alloc(0);
  expect(answer[0]).toBe((4 << 3) | 4);
  expect(answer.toString("latin1", 24, 32)).toBe("when-ask");
  const unix = answer.readUInt32BE(40) - 2_208_988_800;
  expect(new Date(unix * 1_000).toISOString()).toBe("2026-11-29T09:00:00.000Z");
  expect(answer.readUInt32BE(44)).toBe(2 ** 31);
});

test("the time server answers nothing but a client's request", () => {
  const server = Buffer.alloc(48);
  server[0] = (4 << 3) | 4;
  expect(timeAnswer(server, 0)).toBeUndefined();
  expect(timeAnswer(Buffer.from([0x23]), 0)).toBeUndefined();
});
