import { describe, expect, it } from "vitest";
import { workingInstance } from "../../../../components/site/openstack/instance.ts";

describe("an instance", () => {
  it.each(["active", "shutoff", "shelved", undefined])("whose state is %s is a machine", (state) => {
    expect(workingInstance("space-1-1", "b1e", state)).toBe("b1e");
  });

  it("that OpenStack has given up is told with the fix, as every step on it would wait in vain", () => {
    expect(() => workingInstance("space-1-1", "b1e", "error")).toThrow(
      /^space-1-1: OpenStack has its instance in the state ERROR: "openstack server show b1e" .* openstack server delete b1e;/,
    );
  });
});
