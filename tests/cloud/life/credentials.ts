import { expect, test } from "vitest";
import { authUrl } from "../../../lab/cloud/openstack/credentials.ts";
import { changed, failureOf } from "../../engine-runs.ts";
import { type ApplicationCredential, newApplicationCredential } from "../application-credential.ts";
import { withSite } from "../settings-changes.ts";
import { errorsIn, nodes, type StackLife } from "../stack-life.ts";
import type { TestCloud } from "../test-cloud.ts";

/** Settings with an application credential in place of the entry of clouds.yaml. */
async function use(cloud: TestCloud, { id, secret }: ApplicationCredential): Promise<void> {
  const change = withSite({ cloud: undefined, applicationCredential: { authUrl, id } });
  await cloud.configure(change, { "grappe:applicationCredentialSecret": secret });
}

/** Of a run that changed credentials alone. */
const provider = [["update", 1]];

/** A stack that goes over to an application credential, outlives the end of its time, and goes back. */
export function testCredentials(life: StackLife): void {
  test("an expired credential is one error, nothing is touched, and a good one goes on", async () => {
    const { cloud, openstack } = life;
    const good = await newApplicationCredential(openstack, { name: "good", secondsToLive: 3_600 });
    const expiring = await newApplicationCredential(openstack, { name: "expiring", secondsToLive: 1 });
    const standing = await openstack.everything();

    await use(cloud, good);
    expect(changed(await cloud.timed("up with an application credential", () => cloud.up()))).toEqual(provider);

    await use(cloud, expiring);
    const errors = errorsIn(await failureOf(cloud.stack.run("up")));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(
      /can't be asked for .*(401|Authentication|Unauthorized).*`applicationCredential`\) are valid/,
    );
    expect(await openstack.everything()).toEqual(standing);
    expect(await cloud.nodes()).toEqual(nodes);

    await cloud.configure();
    expect(changed(await cloud.timed("up after a credential expired", () => cloud.up()))).toEqual(provider);
    expect(await openstack.everything()).toEqual(standing);
  });
}
