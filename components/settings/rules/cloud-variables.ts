import type { Problem } from "../problem.ts";
import type { Rooms } from "../schema/rooms.ts";
import { settingPath } from "../setting-path.ts";
import type { StackConfig } from "../stack-config.ts";

/**
 * The variables that the provider takes for whatever of its credentials it isn't given (`openstack/provider.go` of
 * terraform-provider-openstack; the SDK's Provider class reads some itself). Left out are those that can't lead to another
 * cloud, project or user: where clouds.yaml lies, the authorities' certificates, and when to log in.
 */
const credentialVariables = [
  "OS_AUTH_URL",
  "OS_REGION_NAME",
  "OS_CLOUD",
  "OS_USERNAME",
  "OS_USER_ID",
  "OS_PASSWORD",
  "OS_TOKEN",
  "OS_AUTH_TOKEN",
  "OS_APPLICATION_CREDENTIAL_ID",
  "OS_APPLICATION_CREDENTIAL_NAME",
  "OS_APPLICATION_CREDENTIAL_SECRET",
  "OS_TENANT_ID",
  "OS_PROJECT_ID",
  "OS_TENANT_NAME",
  "OS_PROJECT_NAME",
  "OS_USER_DOMAIN_NAME",
  "OS_USER_DOMAIN_ID",
  "OS_PROJECT_DOMAIN_NAME",
  "OS_PROJECT_DOMAIN_ID",
  "OS_DOMAIN_ID",
  "OS_DOMAIN_NAME",
  "OS_DEFAULT_DOMAIN",
  "OS_SYSTEM_SCOPE",
  "OS_ENDPOINT_TYPE",
  "OS_INSECURE",
  "OS_CERT",
  "OS_KEY",
  "OS_SWAUTH",
];

/** A shell that was prepared for a cloud (`. openrc.sh`) would mix its credentials with the stack's. Names only, no value. */
export function cloudVariableProblems(
  { environment = {} }: Pick<StackConfig, "environment">,
  { site }: Partial<Rooms>,
): readonly Problem[] {
  if (site?.kind !== "openstack") return [];
  // The provider takes an empty one for none.
  const names = credentialVariables.filter((name) => (environment[name] ?? "") !== "");
  if (names.length === 0) return [];
  return [
    {
      path: settingPath("site", [site.cloud === undefined ? "applicationCredential" : "cloud"]),
      reason: `isn't alone: the environment has ${names.join(", ")}, which the OpenStack provider would mix with it.`,
      fix: `Run without them: \`unset ${names.join(" ")}\`. A region belongs into \`region\`, the rest into clouds.yaml.`,
    },
  ];
}
