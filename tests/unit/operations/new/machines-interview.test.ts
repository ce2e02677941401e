import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkStackFile } from "../../../../operations/new/check-stack-file.ts";
import type { HostKeyOptions } from "../../../../operations/new/host-key-confirmation.ts";
import { Interview, type Person } from "../../../../operations/new/interview.ts";
import { interviewMachines } from "../../../../operations/new/machines-interview.ts";
import { machinesStackFile } from "../../../../operations/new/machines-settings.ts";
import { ScriptedPerson } from "./scripted-person.ts";
import { type SshSite, sshSite } from "./ssh-site.ts";

let folder: string;
let site: SshSite;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "grappe-new-"));
  said = [];
});
afterEach(async () => {
  site.stop();
  await rm(folder, { recursive: true });
});

interface Options {
  readonly given?: Readonly<Record<string, string>>;
  readonly hostKeys?: Partial<HostKeyOptions>;
  readonly person?: Person;
}

function interviewed({ given = {}, hostKeys = {}, person }: Options) {
  const interview = new Interview({ given, person, write: (line) => said.push(line) });
  return interviewMachines(interview, "shop", { expected: [], acceptAll: false, ...hostKeys });
}

const whole = () => ({ addresses: site.addresses, key: site.keyFile, "dhcp-range": "192.168.1.201-192.168.1.249" });

describe("a program", () => {
  it("gives what can't be proposed, and gets a file that passes schema and rules", async () => {
    site = await sshSite(folder, 4, (index) => (index === 0 ? { disk: "sd-card" } : {}));
    const { plan, secrets } = await interviewed({ given: whole(), hostKeys: { expected: site.hostKeys } });
    const settings = checkStackFile({ stack: "shop", text: machinesStackFile(plan), secrets });
    expect(settings.hosts.map(({ name, role, privateAddress }) => [name, role, privateAddress])).toEqual([
      ["pi-12", "server", "192.168.1.12"],
      ["pi-13", "server", "192.168.1.13"],
      ["pi-14", "server", "192.168.1.14"],
      ["pi-11", "agent", "192.168.1.11"],
    ]);
    expect(plan).toMatchObject({ apiAddress: "192.168.1.10", pool: "192.168.1.151-192.168.1.200", user: "grappe" });
    expect(settings.cluster).toMatchObject({ distribution: "k3s", cni: "flannel", flannelBackend: "host-gw" });
    expect(settings.apps.odoo?.expose).toMatchObject({ by: "loadBalancer", address: "192.168.1.151" });
    expect(said.join("\n")).toContain("192.168.1.1, 192.168.1.20");
  });

  it.each([
    ["addresses", /--addresses is missing/],
    ["dhcp-range", /--dhcp-range is missing, .*192\.168\.1\.0\/24/],
  ])("without --%s is told so in one sentence", async (missing, expected) => {
    site = await sshSite(folder, 1);
    const { [missing]: _, ...given } = { ...whole() } as Record<string, string>;
    await expect(interviewed({ given, hostKeys: { acceptAll: true } })).rejects.toThrow(expected);
  });

  it("gets no machine whose host key it didn't name, or named otherwise", async () => {
    site = await sshSite(folder, 2);
    await expect(interviewed({ given: whole() })).rejects.toThrow(
      /--host-key 127\.0\.0\.1:\d+=SHA256:…, or .*--accept-host-keys/,
    );
    await expect(interviewed({ given: whole(), hostKeys: { expected: site.hostKeys.slice(0, 1) } })).rejects.toThrow(
      /Nobody can confirm/,
    );
    const [first = "", second = ""] = site.hostKeys;
    const swapped = [first, second.replace(/=.*/, first.replace(/^.*=(SHA256)/, "=$1"))];
    await expect(interviewed({ given: whole(), hostKeys: { expected: swapped } })).rejects.toThrow(
      /shows the host key SHA256:\S+, not SHA256:\S+: it is another machine.*Nothing was sent/,
    );
    for (const wrong of ["127.0.0.1", "127.0.0.1=MD5:aa", "=SHA256:x"]) {
      await expect(interviewed({ given: whole(), hostKeys: { expected: [wrong] } })).rejects.toThrow(
        /write ADDRESS=SHA256/,
      );
    }
  });

  it("is told what keeps the machines from being hosts, of all of them at once", async () => {
    site = await sshSite(folder, 2, (index) => (index === 0 ? { root: false } : { operatingSystem: "debian 11" }));
    await expect(interviewed({ given: whole(), hostKeys: { acceptAll: true } })).rejects.toThrow(
      /can't become root without a password[^\n]*\n[^\n]*runs debian 11[^\n]*\nNothing was written/,
    );
  });

  it("with a key that lets nobody in is told for each machine how that is mended", async () => {
    site = await sshSite(folder, 2);
    const other = await sshSite(folder, 1);
    await expect(
      interviewed({
        given: { ...whole(), key: other.keyFile, addresses: site.addresses },
        hostKeys: { acceptAll: true },
      }),
    ).rejects.toThrow(/doesn't let grappe in with .*ssh-copy-id -i .* -p \d+ grappe@127\.0\.0\.1\n.*ssh-copy-id/);
    other.stop();
  });

  it.each([
    ["pool", "192.168.1.15-192.168.1.30", /192\.168\.1\.20 answered/],
    ["pool", "192.168.1.190-192.168.1.210", /DHCP server gives out/],
    ["pool", "10.0.0.1-10.0.0.9", /outside of 192\.168\.1\.0\/24/],
    ["pool", "192.168.1.9-192.168.1.10", /192\.168\.1\.10 is the API address/],
    ["api-address", "192.168.1.11", /192\.168\.1\.11 answered/],
    ["api-address", "192.168.1.1", /192\.168\.1\.1 answered/],
    ["api-address", "none", /With 3 servers, the API needs an address/],
    ["api-address", "here", /not an IPv4 address/],
    ["dhcp-range", "192.168.1.10-192.168.1.100", /lie in it: the router could give/],
    ["dhcp-range", "10.0.0.10-10.0.0.100", /isn't in 192\.168\.1\.0\/24/],
    ["servers", "2", /--servers: 2 servers: etcd/],
    ["network", "10.0.0.0/8", /aren't all on 10\.0\.0\.0\/8/],
    ["distribution", "k8s", /k8s is no distribution/],
    ["apps", "odo", /odo is no application/],
    ["user", "no user", /no user's name/],
  ])("with --%s %s is refused in one sentence that names the option", async (option, text, expected) => {
    site = await sshSite(folder, 3);
    const refused = interviewed({ given: { ...whole(), [option]: text }, hostKeys: { acceptAll: true } });
    await expect(refused).rejects.toThrow(expected);
    await expect(refused).rejects.toThrow(new RegExp(`--${option}: `));
  });
});

describe("a person", () => {
  it("is asked with proposals, confirms the fingerprints, and is told at once of an answer that can't be", async () => {
    site = await sshSite(folder, 3);
    const person = new ScriptedPerson([
      [/^Addresses of the machines/, site.addresses],
      [/SSH private key/, site.keyFile],
      [/Are they the same/, true],
      [/DHCP/, "192.168.1.201-192.168.1.249"],
      [/LoadBalancer/, "192.168.1.10-192.168.1.20"],
    ]);
    const { plan, secrets } = await interviewed({ person });
    checkStackFile({ stack: "shop", text: machinesStackFile(plan), secrets });
    const proposals = person.asked.map(({ message, proposal }) => `${message.split(/[,( ]/)[0]}: ${proposal}`);
    // Which key is proposed depends on whose computer this is.
    expect(proposals.filter((each) => !each.startsWith("File"))).toEqual([
      "Addresses: undefined",
      "User: grappe",
      "Compare: undefined",
      "How: 3",
      "Addresses: undefined",
      "Address: 192.168.1.10",
      "Addresses: 192.168.1.151-192.168.1.200",
      "Which: k3s",
      expect.stringMatching(/^Applications: odoo/),
    ]);
    expect(person.refusals).toEqual([expect.stringMatching(/192\.168\.1\.11, 192\.168\.1\.12, 192\.168\.1\.13/)]);
    expect(said.join("\n")).toContain(site.hostKeys[0]?.split("=")[1]);
  });

  it("who doesn't confirm the fingerprints gets nothing", async () => {
    site = await sshSite(folder, 1);
    const person = new ScriptedPerson([[/Are they the same/, false]]);
    await expect(interviewed({ given: whole(), person })).rejects.toThrow(/Nothing was written: without host keys/);
    expect(person.asked.at(-1)?.message).toMatch(/Are they the same/);
  });
});
