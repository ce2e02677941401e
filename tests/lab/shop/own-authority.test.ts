import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { behindIngress, installed } from "../../unit/charts/installed-odoo.ts";
import { shownCertificate } from "../shown-certificate.ts";
import { ownAddress } from "../small-api.ts";
import { LocalIngress } from "./local-ingress.ts";

const host = behindIngress.expose.host;

let ingress: LocalIngress;
beforeAll(async () => {
  const own = { className: "traefik", namespace: "traefik", entryPoint: "websecure" } as const;
  ingress = await LocalIngress.open(host, await installed(behindIngress, [], own), (_, response) => response.end());
});
afterAll(() => ingress?.close());

/** The certificate that Traefik shows for a name, or for none. */
const shown = (servername?: string) =>
  shownCertificate({ host: ownAddress(), port: ingress.port, ...(servername === undefined ? {} : { servername }) });

const namesShown = async (servername?: string) => (await shown(servername))?.subjectAltName;
const soon = { timeout: 30_000, interval: 250 };
const namesOf = (...names: readonly string[]) =>
  [...names.map((name) => `DNS:${name}`), `IP Address:${ownAddress()}`].join(", ");

describe("the shop's own authority, by its own script on a real API", () => {
  let root: X509Certificate;

  test("is one, where two make it at once, and Traefik shows its certificate for every name and for the address", async () => {
    const [one, two] = await Promise.all([ingress.issue([host], "yes"), ingress.issue([host], "yes")]);
    expect([one.code, one.stderr, two.code, two.stderr]).toEqual([0, "", 0, ""]);
    expect(one.stdout).toBe(two.stdout);
    root = new X509Certificate(one.stdout);
    for (const name of [host, "traefik.lab.test", undefined])
      await expect.poll(() => namesShown(name), soon).toBe(namesOf(host));
    const certificate = await shown(host);
    expect([certificate?.checkIssued(root), certificate?.verify(root.publicKey)]).toEqual([true, true]);
  });

  test("leaves its certificate as it is at the next run, by `up` and by the timer", async () => {
    const before = (await shown(host))?.fingerprint256;
    for (const isUp of ["yes", "no"] as const)
      expect(await ingress.issue([host], isUp)).toMatchObject({ code: 0, stderr: "" });
    expect((await shown(host))?.fingerprint256).toBe(before);
  });

  test("issues anew for further names, and after the certificate was lost, which Traefik shows without a restart", async () => {
    const names = [host, "edge.lab.test"];
    expect((await ingress.issue(names, "yes")).code).toBe(0);
    await expect.poll(() => namesShown(host), soon).toBe(namesOf(...names.toSorted()));
    const before = (await shown(host))?.fingerprint256;
    await ingress.api.kube("delete", "secret", "own-certificate", "--namespace=traefik");
    expect(await ingress.issue(names, "no")).toMatchObject({ code: 0, stdout: "", stderr: "" });
    const isAnother = async () => {
      const certificate = await shown(host);
      return certificate?.checkIssued(root) === true && certificate.fingerprint256 !== before;
    };
    await expect.poll(isAnother, soon).toBe(true);
  });

  test("says what is missing once it is gone", async () => {
    await ingress.api.kube("delete", "secret", "own-authority", "--namespace=traefik");
    const gone = await ingress.issue([host], "no");
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining("traefik/own-authority is gone. Fix: ")]);
  });
});
