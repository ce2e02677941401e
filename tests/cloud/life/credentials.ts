import { setTimeout as delay } from "node:timers/promises";
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

/** A stack whose credential ended, which goes on with another one. The tests after it go back to the entry of clouds.yaml. */
export function testCredentials(life: StackLife): void {
  test("an expired credential is one error, nothing is touched, and a good one goes on", async () => {
    const { cloud, openstack } = life;
    const expiring = await newApplicationCredential(openstack, { name: "expiring", secondsToLive: 1 });
    const expired = delay(2_000);
    const good = await newApplicationCredential(openstack, { name: "good", secondsToLive: 3_600 });
    const standing = await openstack.everything();

    await use(cloud, expiring);
    await expired;
    const errors = errorsIn(await failureOf(cloud.stack.run("up")));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(
      /can't be asked for .*(401|Authentication|Unauthorized).*`applicationCredential`\) are valid/,
    );
    expect(await openstack.everything()).toEqual(standing);
    expect(await cloud.nodes()).toEqual(nodes);

    await use(cloud, good);
    const run = await cloud.timed("up with a good credential after one that expired", () => cloud.up());
    // The provider alone.
    expect(changed(run)).toEqual([["update", 1]]);
    expect(await openstack.everything()).toEqual(standing);
  });
}
