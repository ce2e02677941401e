import { mkdir, rm, writeFile } from "node:fs/promises";
import { RunError } from "@pulumi/pulumi/errors.js";
import { progressOf } from "../../../runtime/progress.ts";
import { run } from "../../../runtime/subprocess.ts";
import { type ContainerEngine, containerEngine } from "../../hardware/container-engine.ts";
import { copyIn } from "../../hardware/copy-in.ts";
import { ensureRoute } from "../../hardware/routes.ts";
import { adminCloudsFile, cloudFolder, cloudsFile } from "../cloud-folder.ts";
import { cloudValues } from "../openstack/configuration.ts";
import { cloudLabel, cloudName, cloudNetwork, networkParameters, setUpName } from "./cloud-container.ts";
import { cloudRecipes, computeFiles } from "./cloud-image.ts";
import { type CloudPresence, presenceOf } from "./cloud-presence.ts";
import {
  createHost,
  credentialFiles,
  ensureCloudImage,
  orNothingThere,
  removeHost,
  runInCloud,
  waitingForServices,
} from "./set-up.ts";

/** A network that is not there is no failure; one that is in use (2) is. */
const orNoNetwork = [0, 1];

async function presence(engine: ContainerEngine): Promise<CloudPresence | undefined> {
  const { code, stdout } = await engine.run(["container", "inspect", cloudName], orNothingThere);
  return presenceOf(code === 0 ? stdout : "[]");
}

async function ensureNetwork(engine: ContainerEngine): Promise<void> {
  const { stdout } = await engine.run(["network", "ls", `--filter=label=${cloudLabel}`, "--format={{.Name}}"]);
  if (stdout.split("\n").includes(cloudName)) return;
  await engine.ensureNetworking();
  await engine.run(networkParameters(engine.kind, cloudNetwork)).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunError(`The cloud's network ${cloudNetwork.subnet} cannot be made: it must be free here.\n${reason}`);
  });
}

/** Makes the cloud of its image; the driver is copied in now, so that a changed one needs no other image. */
async function createCloud(engine: ContainerEngine, image: string): Promise<void> {
  await createHost(engine, { name: cloudName, image, network: cloudNetwork });
  await copyIn(engine, cloudName, await computeFiles());
}

/** Removes the images that other configurations of the cloud left; one that a container still uses stays. */
async function removeOldImages(engine: ContainerEngine, image: string): Promise<void> {
  const repository = image.slice(0, image.lastIndexOf(":"));
  const format = "--format={{.Repository}}:{{.Tag}}";
  const { stdout } = await engine.run(["image", "ls", `--filter=reference=${repository}:*`, format]);
  for (const old of stdout.split("\n").filter((name) => name.startsWith(`${repository}:`) && name !== image)) {
    await engine.run(["image", "rm", old], [0, 1, 2]);
  }
}

/** Makes sure that this computer's packets go to the cloud, those to floating IPs too, and that they went nowhere else before. */
async function route(engine: ContainerEngine): Promise<void> {
  const { externalSubnet } = cloudValues;
  await ensureRoute(engine, {
    name: cloudName,
    network: cloudNetwork,
    reached: new Map([[cloudNetwork.address, "the host of the cloud"]]),
    instead: "free its fixed network on this computer",
  });
  const { stdout } = await run(["ip", "route", "show", "root", externalSubnet]);
  if (stdout.startsWith(`${externalSubnet} via ${cloudNetwork.address} `)) return;
  if (stdout !== "")
    throw new RunError(
      `This computer has a route of its own into the cloud's floating IPs:\n${stdout}Fix: take it away (ip route del), or run the cloud elsewhere.`,
    );
  await run(["ip", "route", "add", externalSubnet, "via", cloudNetwork.address]);
}

async function keepCredentials(engine: ContainerEngine): Promise<void> {
  await mkdir(cloudFolder, { recursive: true, mode: 0o700 });
  for (const [file, inside] of [
    [cloudsFile, credentialFiles.project],
    [adminCloudsFile, credentialFiles.admin],
  ] as const) {
    const { stdout } = await engine.run(["exec", cloudName, "cat", `/${inside}`]);
    await writeFile(file, stdout, { mode: 0o600 });
  }
}

/**
 * Makes sure that the cloud runs and answers: made where there is none, started where it is stopped, left alone where it runs.
 *
 * @throws if the cloud that is there was made of another configuration: what stacks have on it would be lost
 */
export async function startCloud(): Promise<void> {
  const engine = await containerEngine();
  const progress = progressOf("cloud");
  const recipes = await cloudRecipes();
  const present = await presence(engine);
  if (present !== undefined && present.image !== recipes.cloudImage) {
    throw new RunError(
      `The cloud on this computer is ${present.image}, of another configuration. Fix: ./grappe cloud stop, then npm run cloud.`,
    );
  }
  if (present === undefined) {
    await ensureCloudImage(engine, recipes, progress);
    await removeOldImages(engine, recipes.cloudImage);
    await ensureNetwork(engine);
    await createCloud(engine, recipes.cloudImage);
  }
  if (present?.isRunning !== true) progress.step("starting OpenStack");
  await engine.run(["start", cloudName]);
  await route(engine);
  await runInCloud(engine, { container: cloudName, program: "ready.py", doing: waitingForServices }, progress);
  await runInCloud(
    engine,
    { container: cloudName, program: "precache.py", doing: "asking nova to fetch images" },
    progress,
  );
  await keepCredentials(engine);
  progress.step(`ready: OS_CLIENT_CONFIG_FILE=${cloudsFile} OS_CLOUD=grappe`);
}

/** Takes the cloud away with everything on it, its route, network and folder; the cached images stay. Nothing there is no error. */
export async function removeCloud(): Promise<void> {
  const engine = await containerEngine();
  await removeHost(engine, setUpName);
  await removeHost(engine, cloudName);
  await run(["ip", "route", "delete", cloudValues.externalSubnet], { allowedCodes: [0, 2] });
  await engine.run(["network", "rm", cloudName], orNoNetwork);
  await rm(cloudFolder, { recursive: true, force: true });
  progressOf("cloud").step("removed with all its instances");
}
