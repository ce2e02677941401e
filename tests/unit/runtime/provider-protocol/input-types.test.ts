import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { declarationOf, inputTypesOf } from "../../../../runtime/provider-protocol/input-types/input-types.ts";
import { Secret, unknown } from "../../../../runtime/provider-protocol/property-value.ts";

const cache = join(tmpdir(), "grappe-unit-input-types");
const openstack = inputTypesOf("@pulumi/openstack", cache);
const command = inputTypesOf("@pulumi/command", cache);
const kubernetes = inputTypesOf("@pulumi/kubernetes", cache);

describe("declarationOf", () => {
  it.each([
    ["openstack:networking/port:Port", "networking/port.d.ts", "PortArgs"],
    ["command:remote:Command", "remote/command.d.ts", "CommandArgs"],
    ["random:index/randomPassword:RandomPassword", "randomPassword.d.ts", "RandomPasswordArgs"],
    ["kubernetes:core/v1:Namespace", "core/v1/namespace.d.ts", "NamespaceArgs"],
    ["kubernetes:networking.k8s.io/v1:Ingress", "networking/v1/ingress.d.ts", "IngressArgs"],
    ["kubernetes:helm.sh/v3:Release", "helm/v3/release.d.ts", "ReleaseArgs"],
  ])("finds %s", (type, file, name) => {
    expect(declarationOf(type)).toEqual({ file, name });
  });
});

describe("inputs against the SDK's types", () => {
  const port = { networkId: "n", fixedIps: [{ subnetId: "s" }], valueSpecs: { any: "thing" } };
  const connection = { host: "h", privateKey: new Secret("k"), port: 22 };

  it("takes what fits, secret or not yet known", () => {
    expect(openstack.check("openstack:networking/port:Port", port)).toEqual([]);
    expect(openstack.check("openstack:networking/port:Port", { ...port, networkId: unknown })).toEqual([]);
    expect(command.check("command:remote:Command", { connection: new Secret(connection), create: "true" })).toEqual([]);
  });

  it.each([
    [{ fixedIps: [] }, "networkId", "Missing required"],
    [{ ...port, fixedIps: [{}] }, "fixedIps[0].subnetId", "Missing required"],
    [{ ...port, netwrokId: "n" }, "netwrokId", "not an expected property"],
    [{ ...port, adminStateUp: "yes" }, "adminStateUp", "expected boolean"],
    [{ ...port, securityGroupIds: "a" }, "securityGroupIds", "a list of string"],
  ])("refuses %j", (inputs, property, reason) => {
    const failures = openstack.check("openstack:networking/port:Port", inputs);
    expect(failures).toHaveLength(1);
    expect(failures[0]?.property).toBe(property);
    expect(failures[0]?.reason).toContain(reason);
  });

  it("looks into secrets and knows enumerations", () => {
    const inputs = { connection: new Secret({ ...connection, hots: "h" }), logging: "loud" };
    const failures = command.check("command:remote:Command", inputs);
    expect(failures.map(({ property }) => property).toSorted()).toEqual(["connection.hots", "logging"]);
  });

  it("follows Kubernetes' nested types", () => {
    const container = { name: "c", image: "i", ports: [{ containerPort: "80" }] };
    const template = { spec: { containers: [container] } };
    const inputs = { apiVersion: "apps/v1", kind: "Deployment", spec: { selector: {}, template } };
    const failures = kubernetes.check("kubernetes:apps/v1:Deployment", inputs);
    expect(failures.map(({ property }) => property)).toEqual([
      "spec.template.spec.containers[0].ports[0].containerPort",
    ]);
    expect(kubernetes.declares("kubernetes:metallb.io/v1beta1:IPAddressPool")).toBe(false);
  });
});
