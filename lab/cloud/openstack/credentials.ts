import { stringify } from "yaml";
import { type CloudSecrets, cloudValues } from "./configuration.ts";

/** Name of the entry for stacks in clouds.yaml. */
export const projectCloud = "grappe";

/** Where keystone gives out tokens. */
export const authUrl = `http://${cloudValues.address}:5000/v3`;

function cloud(name: string, user: string, project: string, password: string): string {
  return stringify({
    clouds: {
      [name]: {
        auth: {
          auth_url: authUrl,
          username: user,
          password,
          project_name: project,
          user_domain_name: "Default",
          project_domain_name: "Default",
        },
        region_name: cloudValues.region,
        identity_api_version: 3,
      },
    },
  });
}

/** Renders (pure) the clouds.yaml of the project's user. It holds a password. */
export function projectClouds(secrets: CloudSecrets): string {
  return cloud(projectCloud, cloudValues.project, cloudValues.project, secrets.projectPassword);
}

/** Renders (pure) the clouds.yaml of the cloud's administrator. It holds a password. */
export function adminClouds(secrets: CloudSecrets): string {
  return cloud(cloudValues.adminCloud, "admin", "admin", secrets.adminPassword);
}
