import { describe, expect, it } from "vitest";
import { renderKeepalived } from "../../../components/cluster/api-endpoint.ts";

const endpoint = { address: "10.0.0.5", virtualRouterId: 51, servers: ["10.0.0.11", "10.0.0.12", "10.0.0.13"] };

describe("keepalived's configuration", () => {
  it("speaks to the other servers only, and never to itself", () => {
    const text = renderKeepalived(endpoint, "10.0.0.12");
    expect(text).toContain("unicast_src_ip 10.0.0.12\n");
    expect(text).toMatch(/unicast_peer \{\n {4}10\.0\.0\.11\n {4}10\.0\.0\.13\n {2}\}/);
    expect(text).not.toContain("auth_pass");
  });

  it("prefers servers in their order and takes nothing back from a healthy one", () => {
    const priorities = endpoint.servers.map((self) =>
      Number(/priority (\d+)/.exec(renderKeepalived(endpoint, self))?.[1]),
    );
    expect(priorities).toEqual(priorities.toSorted((a, b) => b - a));
    expect(new Set(priorities).size).toBe(3);
    for (const self of endpoint.servers) {
      expect(renderKeepalived(endpoint, self)).toContain("state BACKUP\n  nopreempt\n");
    }
  });

  it("has no empty list of peers where there is one server", () => {
    expect(renderKeepalived({ ...endpoint, servers: ["10.0.0.11"] }, "10.0.0.11")).not.toContain("unicast");
  });

  it("lets go of the address for its own API's health only where another server could take it", () => {
    const tracks = /vrrp_script api_is_healthy \{[\s\S]*track_script \{\n {4}api_is_healthy\n {2}\}\n\}\n$/;
    expect(renderKeepalived(endpoint, "10.0.0.12")).toMatch(tracks);
    const lone = renderKeepalived({ ...endpoint, servers: ["10.0.0.11"] }, "10.0.0.11");
    expect(lone).not.toContain("api_is_healthy");
    expect(lone).toMatch(/virtual_ipaddress \{\n {4}10\.0\.0\.5\/32\n {2}\}\n\}\n$/);
  });

  it("refuses an address that is no server's", () => {
    expect(() => renderKeepalived(endpoint, "10.0.0.99")).toThrow("10.0.0.99 is no address of a server");
  });
});
