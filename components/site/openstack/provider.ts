import * as openstack from "@pulumi/openstack";
import { type Output, RunError } from "@pulumi/pulumi";
import type { OpenstackSite } from "../../settings/schema/openstack-site.ts";

/**
 * The provider of everything on the site, from the settings alone: an entry of clouds.yaml, or an application
 * credential, whose secret is an encrypted setting.
 *
 * @throws RunError if neither or both are given, or the application credential's secret is missing
 */
export function openstackProvider(
  { cloud, applicationCredential, region }: OpenstackSite,
  applicationCredentialSecret: Output<string> | undefined,
): openstack.Provider {
  if ((cloud === undefined) === (applicationCredential === undefined)) {
    throw new RunError(
      "grappe:site: credentials come from one place. Give either `cloud` (an entry of clouds.yaml) or `applicationCredential`.",
    );
  }
  if (applicationCredential === undefined) return new openstack.Provider("openstack", { cloud, region });
  if (applicationCredentialSecret === undefined) {
    throw new RunError(
      "grappe:applicationCredentialSecret: missing, but `applicationCredential` is used. " +
        "Set it with: pulumi config set --secret grappe:applicationCredentialSecret",
    );
  }
  return new openstack.Provider("openstack", {
    authUrl: applicationCredential.authUrl,
    applicationCredentialId: applicationCredential.id,
    applicationCredentialSecret,
    region,
  });
}
