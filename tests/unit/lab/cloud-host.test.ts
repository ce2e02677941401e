import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import {
  cloudName,
  cloudNetwork,
  createParameters,
  instancesVolume,
  networkParameters,
  setUpName,
} from "../../../lab/cloud/host/cloud-container.ts";
import { cloudRecipes, computeFiles } from "../../../lab/cloud/host/cloud-image.ts";
import { presenceOf } from "../../../lab/cloud/host/cloud-presence.ts";
import { cataloguePasswords } from "../../../lab/cloud/host/set-up.ts";
import {
  cloudValues,
  configurationTemplates,
  fillPlaceholders,
  modeOf,
  newSecrets,
} from "../../../lab/cloud/openstack/configuration.ts";
import { adminClouds, projectClouds } from "../../../lab/cloud/openstack/credentials.ts";
import { offer } from "../../../lab/cloud/openstack/offer.ts";

const podman = { kind: "podman", mayRaiseLimits: false } as const;

describe("the cloud's configuration", () => {
  it("has a value for every placeholder, and a placeholder for every value", async () => {
    const values = { ...cloudValues, ...newSecrets() };
    const templates = await configurationTemplates();
    const filled = templates.map((template) => fillPlaceholders(template, values).text);
    expect(filled.filter((text) => text.includes("{{"))).toEqual([]);
    const used = new Set(templates.flatMap(({ text }) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name)));
    // Two passwords stand in no file: databases.sh and catalogue.py take them from standard input.
    const expected = Object.keys(values).filter((name) => name !== "adminPassword" && name !== "projectPassword");
    expect([...used].toSorted()).toEqual(expected.toSorted());
  });

  it("names the file and the placeholder that has no value", () => {
    expect(() => fillPlaceholders({ path: "etc/nova/nova.conf", text: "my_ip = {{adress}}" }, cloudValues)).toThrow(
      "etc/nova/nova.conf: no value for {{adress}}.",
    );
  });

  it("keeps from everyone else what may hold a password", async () => {
    const secrets = newSecrets();
    const passwords = Object.values(secrets);
    const open = (await configurationTemplates())
      .map((template) => fillPlaceholders(template, { ...cloudValues, ...secrets }))
      .filter(({ text }) => passwords.some((password) => text.includes(password)))
      .filter(({ path }) => (modeOf(path) & 0o007) !== 0);
    expect(open.map(({ path }) => path)).toEqual([]);
    expect(modeOf("usr/local/lib/cloud/databases.sh")).toBe(0o755);
  });

  it("makes other passwords for every cloud, safe in every file and shell", () => {
    const [one, other] = [newSecrets(), newSecrets()];
    for (const [name, password] of Object.entries(one)) {
      expect(password).toMatch(/^[A-Za-z0-9_-]{32}$/);
      expect(Object.values(other)).not.toContain(password);
      expect(name).toMatch(/(Password|Secret)$/);
    }
  });
});

describe("the cloud's credentials", () => {
  it("are clouds.yaml entries of the project's user and of the administrator", () => {
    const secrets = newSecrets();
    const project = parse(projectClouds(secrets)).clouds.grappe;
    expect(project.auth).toMatchObject({
      auth_url: `http://${cloudNetwork.address}:5000/v3`,
      username: "shop",
      project_name: "shop",
      password: secrets.projectPassword,
    });
    const admin = parse(adminClouds(secrets)).clouds["grappe-admin"];
    expect(admin.auth).toMatchObject({ username: "admin", password: secrets.adminPassword });
    expect(projectClouds(secrets)).not.toContain(secrets.adminPassword);
  });

  it("gives the catalogue each service's own password", () => {
    const secrets = newSecrets();
    expect(JSON.parse(cataloguePasswords(secrets))).toEqual({
      services: {
        glance: secrets.glancePassword,
        placement: secrets.placementPassword,
        nova: secrets.novaPassword,
        neutron: secrets.neutronPassword,
      },
      user: secrets.projectPassword,
    });
  });
});

describe("the cloud's host", () => {
  it("is a systemd container at the catalogue's address, with a real file system for its instances", () => {
    const parameters = createParameters(podman, { name: cloudName, image: "i", network: cloudNetwork });
    expect(parameters).toEqual(
      expect.arrayContaining([
        "--privileged",
        "--systemd=false",
        "--tmpfs=/run:mode=755",
        "--cgroupns=private",
        "--ulimit=host",
        "--network=grappe-cloud:ip=10.215.0.10,interface_name=eth0",
        `--volume=${instancesVolume(cloudName)}:/var/lib/containers`,
      ]),
    );
    expect(parameters.slice(-2)).toEqual(["i", "/sbin/init"]);
  });

  it("is in no network, and beside a cloud that runs, while its image is made", () => {
    const parameters = createParameters(podman, { name: setUpName, image: "i" });
    expect(parameters).toContain("--network=none");
    expect(parameters).toContain(`--volume=${instancesVolume(setUpName)}:/var/lib/containers`);
  });

  it("takes Docker's parameters where the engine is Docker", () => {
    const docker = { kind: "docker", mayRaiseLimits: true } as const;
    const parameters = createParameters(docker, { name: cloudName, image: "i", network: cloudNetwork });
    expect(parameters).toContain("--ip=10.215.0.10");
    expect(parameters.some((parameter) => parameter.startsWith("--systemd"))).toBe(false);
    expect(networkParameters("docker", cloudNetwork)).not.toContain("--disable-dns");
    expect(networkParameters("podman", cloudNetwork)).toContain("--disable-dns");
  });

  it("is found as the engine tells of it", () => {
    expect(presenceOf("[]")).toBeUndefined();
    const container = {
      ImageName: "localhost/grappe-cloud:1",
      Config: { Image: "sha256:2" },
      State: { Running: true },
    };
    expect(presenceOf(JSON.stringify([container]))).toEqual({ image: "localhost/grappe-cloud:1", isRunning: true });
    const { ImageName: _, ...dockers } = container;
    expect(presenceOf(JSON.stringify([dockers]))?.image).toBe("sha256:2");
  });
});

describe("the cloud's images", () => {
  it("are named by what they are made of", async () => {
    const recipes = await cloudRecipes();
    expect(recipes.packagesImage).toMatch(/^localhost\/grappe-cloud-packages:[0-9a-f]{16}$/);
    expect(recipes.cloudImage).toMatch(/^localhost\/grappe-cloud:[0-9a-f]{16}$/);
    expect(await cloudRecipes()).toEqual(recipes);
  });

  it("get the driver where nova looks for drivers", async () => {
    const [directory, name] = cloudValues.computeDriver.split(".");
    const files = Object.keys(await computeFiles());
    expect(files).toContain(`usr/lib/python3/dist-packages/nova/virt/${directory}/${name}.py`);
    expect(files).toContain("etc/containers/containers.conf");
  });
});

describe("what the cloud offers", () => {
  it("are two flavors and two images, and a quota that holds a cluster of large instances", () => {
    expect(offer.flavors.map(({ name }) => name)).toEqual(["small", "large"]);
    expect(offer.images.map(({ name }) => name)).toEqual(["debian-12", "debian-12-next"]);
    const [small, large] = offer.flavors;
    expect(large?.ram).toBeGreaterThan(small?.ram ?? 0);
    expect(offer.quota.compute.ram).toBeGreaterThanOrEqual(6 * (large?.ram ?? 0));
  });
});
