import { shellAssignments } from "../../../components/host/shell-assignments.ts";
import type { Progress } from "../../../runtime/progress.ts";
import { withLock } from "../../../runtime/toolchain/lock.ts";
import type { ContainerEngine } from "../../hardware/container-engine.ts";
import { copyIn, type Files } from "../../hardware/copy-in.ts";
import {
  type CloudSecrets,
  cloudValues,
  configurationTemplates,
  fillPlaceholders,
  modeOf,
  newSecrets,
} from "../openstack/configuration.ts";
import { adminClouds, projectClouds } from "../openstack/credentials.ts";
import { imageFolder, offer } from "../openstack/offer.ts";
import {
  type CloudContainer,
  cloudLabel,
  cloudNetwork,
  createParameters,
  instancesVolume,
  setUpName,
} from "./cloud-container.ts";
import { type CloudRecipes, computeFiles, ensurePackagesImage, instanceArchive } from "./cloud-image.ts";

/** Where the credentials lie in the host: a later start hands them out again. */
export const credentialFiles = { project: "etc/openstack/project-clouds.yaml", admin: "etc/openstack/clouds.yaml" };

/** Exit codes of an engine that was asked to take away what is not there. */
export const orNothingThere = [0, 1, 2, 125];

/** What ready.py does until it says what it waits for. */
export const waitingForServices = "waiting until all services answer";

const programs = "/usr/local/lib/cloud";

interface ProgramRun {
  readonly container: string;
  /** Name of its file. */
  readonly program: string;
  /** What it does, until it says so itself. */
  readonly doing: string;
  readonly input?: string;
}

/** Runs one of the host's programs to its end and shows what it says it does. Values and secrets go by standard input. */
export async function runInCloud(
  engine: ContainerEngine,
  { container, program, doing: firstDoing, input }: ProgramRun,
  progress: Progress,
): Promise<void> {
  let doing = firstDoing;
  const onErrorLine = (line: string): void => {
    const step = line.match(/^step: (.*)$/)?.[1];
    if (step === undefined) return;
    doing = step;
    progress.step(doing);
  };
  const parameters = ["exec", "--interactive", container, `${programs}/${program}`];
  await progress.during(() => doing, engine.run(parameters, [0], { input, onErrorLine }));
}

async function files(secrets: CloudSecrets): Promise<Files> {
  const values = { ...cloudValues, ...secrets };
  const filled = (await configurationTemplates()).map((template) => fillPlaceholders(template, values));
  return {
    ...Object.fromEntries(filled.map(({ path, text }) => [path, { text, mode: modeOf(path) }])),
    ...(await computeFiles()),
    [credentialFiles.admin]: { text: adminClouds(secrets), mode: 0o600 },
    [credentialFiles.project]: { text: projectClouds(secrets), mode: 0o600 },
  };
}

/** What catalogue.py takes (pure). */
export function cataloguePasswords(secrets: CloudSecrets): string {
  const { glancePassword, placementPassword, novaPassword, neutronPassword, projectPassword } = secrets;
  const services = {
    glance: glancePassword,
    placement: placementPassword,
    nova: novaPassword,
    neutron: neutronPassword,
  };
  return JSON.stringify({ services, user: projectPassword });
}

/** The archive of a root file system on this computer becomes files in the host, one for each image on offer. */
async function copyImages(engine: ContainerEngine, archive: string): Promise<void> {
  await engine.run(["exec", setUpName, "mkdir", "--parents", imageFolder]);
  await engine.run(["cp", archive, `${setUpName}:${imageFolder}/archive.tar`]);
  const names = offer.images.map(({ name }) => `${name}\n`).join("");
  await engine.run(["exec", "--interactive", setUpName, `${programs}/images.sh`], [0], { input: names });
}

async function setUp(engine: ContainerEngine, archive: string, progress: Progress): Promise<void> {
  const secrets = newSecrets();
  const runProgram = (program: string, doing: string, input?: string): Promise<void> =>
    runInCloud(engine, { container: setUpName, program, doing, input }, progress);
  await copyIn(engine, setUpName, await files(secrets));
  await engine.run(["start", setUpName]);
  // In no network, the host still has the address by which its services find each other.
  await engine.run(["exec", setUpName, "ip", "address", "add", `${cloudNetwork.address}/32`, "dev", "lo"]);
  const { databasePassword, messageBusPassword, adminPassword } = secrets;
  const assignments = shellAssignments({ databasePassword, messageBusPassword, adminPassword });
  await runProgram("databases.sh", "making the databases", assignments);
  await runProgram("catalogue.py", "filling the service catalogue", cataloguePasswords(secrets));
  await runProgram("services.sh", "starting the services");
  await copyImages(engine, archive);
  await runProgram("ready.py", waitingForServices);
  await runProgram("compute-host.sh", "mapping the compute host");
  await runProgram("offer.py", "making the external network and flavors, uploading the images", JSON.stringify(offer));
  await engine.run(["exec", setUpName, "rm", "--recursive", imageFolder]);
}

/** Removes a host with its instances. Cuts the power first: podman 4.3 fails to remove by force a container that stops meanwhile. */
export async function removeHost(engine: ContainerEngine, container: string): Promise<void> {
  await engine.run(["kill", "--signal=KILL", container], orNothingThere);
  await engine.run(["wait", container], orNothingThere);
  await engine.run(["rm", "--force", container], orNothingThere);
  await engine.run(["volume", "rm", "--force", instancesVolume(container)], orNothingThere);
}

/** Creates a host with a volume for its instances; it is not started. */
export async function createHost(engine: ContainerEngine, container: CloudContainer): Promise<void> {
  await engine.run(["volume", "create", `--label=${cloudLabel}`, instancesVolume(container.name)]);
  await engine.run(createParameters(engine, container));
}

/**
 * Makes sure that the engine holds the cloud's image: a container with the packages gets the configuration, databases and objects of
 * an OpenStack with new passwords, is stopped in good order and kept.
 */
export async function ensureCloudImage(
  engine: ContainerEngine,
  recipes: CloudRecipes,
  progress: Progress,
): Promise<void> {
  if (await engine.hasImage(recipes.cloudImage)) return;
  const make = async (): Promise<void> => {
    if (!(await engine.hasImage(recipes.cloudImage))) await makeCloudImage(engine, recipes, progress);
  };
  await withLock(setUpName, make, () => progress.step("another run makes its image; waiting for that"));
}

async function makeCloudImage(engine: ContainerEngine, recipes: CloudRecipes, progress: Progress): Promise<void> {
  await ensurePackagesImage(engine, recipes, progress);
  const archive = await instanceArchive(recipes, progress);
  progress.step("setting up OpenStack, once for this configuration");
  await removeHost(engine, setUpName);
  try {
    await createHost(engine, { name: setUpName, image: recipes.packagesImage });
    await setUp(engine, archive, progress);
    await progress.during(() => "stopping it in good order", engine.run(["stop", "--time=120", setUpName]));
    await progress.during(() => "keeping it as an image", engine.run(["commit", setUpName, recipes.cloudImage]));
  } finally {
    await removeHost(engine, setUpName);
  }
}
