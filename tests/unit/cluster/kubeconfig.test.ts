import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { pointKubeconfigAt } from "../../../components/cluster/kubeconfig.ts";

const text = `apiVersion: v1
kind: Config
clusters:
  - name: default
    cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: QQ==}
users:
  - name: default
    user: {client-key-data: c2VjcmV0LWNhbmFyeQ==}
`;

describe("pointKubeconfigAt", () => {
  it("changes where the API is reached and nothing else", () => {
    const expected = parse(text.replace("127.0.0.1", "192.168.1.5"));
    expect(parse(pointKubeconfigAt(text, "192.168.1.5"))).toEqual(expected);
  });

  it("refuses what is no kubeconfig, without showing its key", () => {
    const broken = text.replace("clusters:", "cluster:");
    expect(() => pointKubeconfigAt(broken, "192.168.1.5")).toThrow("no kubeconfig");
    expect(() => pointKubeconfigAt(broken, "192.168.1.5")).not.toThrow(/c2VjcmV0/);
  });
});
