import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cniManifest, cniNames } from "../../../components/cluster/cni/manifests.ts";
import { podNetworkCharts } from "../../../components/cluster/cni-chart.ts";
import { catalogue } from "../../../components/host/artifacts/catalogue.ts";
import { charts } from "../../../components/platform/chart.ts";
import { possibleNodePorts } from "../../../components/settings/node-ports.ts";
import { type OpenPort, openPorts, openPortsOf } from "../../../components/settings/open-ports.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const page = readFileSync(join(root, "docs/network-access.md"), "utf8");
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split("|").map((cell) => cell.trim()));
const quoted = (text = ""): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, host = ""]) => host);
/** What is asked: the first column. */
const origins = new Set(rows.flatMap(([, origin]) => quoted(origin)));

/** Addresses in the code that nobody asks while grappe runs: what a person reads, names that stand for nothing. */
const notAsked = new Map([
  ["kubernetes.io", "documentation"],
  ["k3s.io", "documentation"],
  ["docs.k3s.io", "documentation"],
  ["go.dev", "documentation"],
  ["deb.debian.org", "a host's own package source, which the page names below its tables"],
  ["nodejs.org", "documentation"],
  ["www.pulumi.com", "documentation"],
  ["learn.microsoft.com", "documentation"],
  ["letsencrypt.org", "documentation"],
  ["json-schema.org", "a schema's name"],
  ["www.w3.org", "the name of SVG"],
  ["go-acme.github.io", "pages for people to read"],
  ["go.etcd.io", "a Go module's name"],
  ["k8s.io", "a Go module's name, and the end of labels"],
  ["service.invalid", "a base for relative addresses"],
  ["sum.calculator.svc", "inside of the cluster"],
]);

const sources = globSync(
  [
    "{components,runtime,lab,operations,rehearsal,command-line,charts}/**/*.{ts,sh,json,yaml,yml,tpl}",
    "{index.ts,pulumi-program.mjs,grappe,Pulumi*.yaml}",
  ],
  { cwd: root, exclude: (path) => path.includes("node_modules") || path.endsWith(".schema.json") },
).filter((file) => !/^(lab|runtime)\/toolchain\/[^/]+\/.*|^rehearsal\/(world|doubles)\//.test(file));

const textOf = (file: string) => readFileSync(join(root, file), "utf8");
/** `shop.example.org` and their like are nobody's, and so are names without a dot and what the code puts in. */
const isReal = (host: string) => /\.[a-z]+$/.test(host) && !/(^|\.)(example(\.\w+)?|test|lan|local)$/.test(host);

/** Every host of an address in a text, and every registry of an image. */
function hostsIn(text: string): readonly string[] {
  const addresses = [...text.matchAll(/\b(?:https?|oci):\/\/([a-z0-9.-]+)/gi)].map(([, host = ""]) => host);
  // With a tag or a second name behind it: labels and API groups (`metallb.io/v1beta1`) have neither.
  const image = /(?<![\w./@-])((?:[a-z0-9-]+\.)+(?:io|com|org|dev|net))\/[a-z0-9._-]+(?:\/[a-z0-9._-]+|:[a-z0-9])/g;
  const registries = [...text.matchAll(image)].map(([, host = ""]) => host);
  return [...addresses, ...registries].map((host) => host.toLowerCase().replace(/\.$/, "")).filter(isReal);
}

const asked = new Map(sources.flatMap((file) => hostsIn(textOf(file)).map((host) => [host, file] as const)));

describe("the page about network access", () => {
  it("has every publisher of a program", () => {
    for (const { publication } of Object.values(catalogue)) {
      const { url, checksumUrl } = publication("v1.36.3", "arm64");
      for (const address of [url, checksumUrl]) expect(origins).toContain(new URL(address).hostname);
    }
  });

  it("has every chart, where it comes from and where its images do", () => {
    for (const { name, repository } of [...Object.values(charts), ...cniNames.flatMap(podNetworkCharts)]) {
      const row = rows.find(([, , chart = ""]) => chart.split(/[ ,]+/).includes(name));
      expect(row, name).toBeDefined();
      expect(quoted(row?.[1]), name).toContain(new URL(repository).hostname);
      const registries = quoted(row?.[4]);
      expect(registries, name).not.toEqual([]);
      for (const registry of [...registries, ...quoted(row?.[3]).filter((host) => host === "github.com")]) {
        expect(origins, name).toContain(registry);
      }
    }
  });

  it("has every other address in the code, the charts and the settings", () => {
    expect(asked.size).toBeGreaterThan(15);
    const missing = [...asked].filter(([host]) => !origins.has(host) && !notAsked.has(host));
    expect(missing).toEqual([]);
  });

  it("has no address that nobody asks any more, and the list of those that aren't asked none that is gone", () => {
    const others = ["registry.npmjs.org", "proxy.golang.org", "sum.golang.org"]; // npm's and Go's own defaults
    const chartsImages = ["quay.io"]; // which charts name by themselves
    const known = new Set([...asked.keys(), ...others, ...chartsImages]);
    expect([...origins].filter((host) => !known.has(host))).toEqual([]);
    expect([...notAsked.keys()].filter((host) => !asked.has(host))).toEqual([]);
  });

  it("finds addresses and registries in a text", () => {
    expect(hostsIn('image: "quay.io/some/image:1"')).toEqual(["quay.io"]);
    expect(hostsIn("registry.k8s.io/pause:3.10")).toEqual(["registry.k8s.io"]);
    expect(hostsIn("fetch(`https://get.helm.sh/x`)")).toEqual(["get.helm.sh"]);
    expect(hostsIn("https://shop.example.org https://mirror.shop.lan/x topology.kubernetes.io/zone: a")).toEqual([]);
  });
});

describe("the ports at which a host answers", () => {
  it("are the page's, each with what it gives", () => {
    const nameOf = (part: NonNullable<OpenPort["with"]>) =>
      part === "metallb" ? "MetalLB" : part === "nfs" ? "an NFS server of ours" : cniManifest(part).title;
    const lines = openPorts.map((one) => {
      const where = one.with === undefined ? one.on : `${one.on}, with ${nameOf(one.with)}`;
      return `| TCP ${one.port} | ${where} | ${one.what} | ${one.withoutKey} |`;
    });
    const [, section = ""] = page.split("| open | on | what | without a key |");
    const [table = ""] = section.split("\n\n");
    expect(table.split("\n").filter((line) => line.startsWith("| TCP"))).toEqual(lines);
  });

  it("have those that nodes need of each other", () => {
    const known = openPorts.map(({ port }) => port);
    const needed = possibleNodePorts.filter(({ protocol }) => protocol === "tcp").flatMap(({ ports = [] }) => ports);
    for (const port of needed) expect(known).toContain(port);
  });

  it("differ by role", () => {
    expect(openPortsOf("agent")).toEqual([22, 10250, 10256]);
    expect(openPortsOf("server")).toEqual([22, 2379, 2380, 6443, 10250, 10256]);
    expect(openPortsOf("agent", new Set(["metallb"] as const))).toEqual([22, 7946, 10250, 10256]);
  });
});
