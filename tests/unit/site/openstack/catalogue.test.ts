import { expect, it } from "vitest";
import { providerReason } from "../../../../components/site/openstack/catalogue.ts";

it("takes the provider's own words out of the engine's and the bridge's", () => {
  const around =
    "invocation of openstack:compute/getFlavor:getFlavor returned an error: invoking openstack:compute/getFlavor:getFlavor: ";
  const reason = "Error creating OpenStack compute client: Authentication failed";
  expect(providerReason(`${around}1 error occurred:\n\t* ${reason}\n\n`)).toBe(reason);
  expect(providerReason("connection refused.")).toBe("connection refused");
});
