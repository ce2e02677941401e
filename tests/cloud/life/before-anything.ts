import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cloudFolder } from "../../../lab/cloud/cloud-folder.ts";
import { authUrl } from "../../../lab/cloud/openstack/credentials.ts";
import { failureOf } from "../../engine-runs.ts";
import { withPool, withSite } from "../settings-changes.ts";
import { errorsIn, type StackLife } from "../stack-life.ts";
import { TestCloud } from "../test-cloud.ts";

const wrongNames = [
  [
    "externalNetwork",
    withSite({ externalNetwork: "publik" }),
    /grappe:site\.externalNetwork: .*no external network "publik".*network list --external/,
  ],
  [
    "image",
    withPool("space-1", { image: "debian-11" }),
    /grappe:site\.agentPools\.space-1\.image: .*no image "debian-11".*image list/,
  ],
  [
    "flavor",
    withPool("space-2", { flavor: "tiny" }),
    /grappe:site\.agentPools\.space-2\.flavor: .*no flavor "tiny".*flavor list/,
  ],
] as const;

const wrongClouds = [
  [
    "the cloud is away",
    authUrl.replace(":5000", ":5999"),
    "secret",
    /can't be asked for .*connection refused\. Check that this computer reaches/,
  ],
  ["the credential is refused", authUrl, "wrong", /can't be asked for .*(401|Authentication|Unauthorized)/],
] as const;

/** Fails unless one of the errors is this one. */
function expectError(errors: readonly string[], error: RegExp): void {
  expect(
    errors.some((line) => error.test(line)),
    errors.join("\n"),
  ).toBe(true);
}

/** What a preview says where nothing stands: of what it would make, of wrong settings, and of a cloud that can't be asked. */
export function testBeforeAnything(life: StackLife): void {
  test("a preview knows everything that will be made", async () => {
    const { cloud, openstack } = life;
    const { changes } = await cloud.timed("preview before anything exists", () => cloud.stack.run("preview"));
    expect(Object.keys(changes)).toEqual(["create"]);
    expect(changes.create).toBeGreaterThan(130);
    life.planned = changes.create;
    expect(await openstack.everything()).toEqual(life.untouched);
  });

  test.each(wrongNames)("a wrong name of the %s is one error that says what to do", async (_, change, error) => {
    const { cloud, openstack } = life;
    await cloud.configure(change);
    expectError(errorsIn(await failureOf(cloud.stack.run("preview"))), error);
    await cloud.configure();
    expect(await openstack.everything()).toEqual(life.untouched);
  });

  test.each(wrongClouds)("%s: the error says so", async (_, address, password, error) => {
    const file = join(cloudFolder, "wrong-clouds.yaml");
    const auth = {
      auth_url: address,
      username: "shop",
      password,
      project_name: "shop",
      user_domain_name: "Default",
      project_domain_name: "Default",
    };
    await writeFile(file, JSON.stringify({ clouds: { grappe: { auth, region_name: "RegionOne" } } }), { mode: 0o600 });
    const wrong = await TestCloud.open(file);
    try {
      expectError(errorsIn(await failureOf(wrong.stack.run("preview"))), error);
    } finally {
      wrong.stack.close();
      await rm(file);
    }
  });
}
