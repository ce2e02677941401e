import { z } from "zod";
import type { CloudApi } from "../../runtime/openstack-api/cloud-api.ts";

const network = z.object({ name: z.string() });
const flavor = z.object({ name: z.string(), vcpus: z.int(), ram: z.int(), disk: z.int() });
const image = z.object({
  name: z.string().nullable(),
  min_disk: z.int().nullish(),
  architecture: z.string().nullish(),
});

/** Memory in MiB, disk in GiB; a disk of 0 means that instances boot from volumes. */
export type Flavor = z.output<typeof flavor>;

export interface Image {
  readonly name: string;
  /** Least disk in GiB that it fits on; 0: unknown. */
  readonly leastDisk: number;
  readonly architecture: "amd64" | "arm64";
}

/** What a cloud offers to its project. */
export interface CloudOffer {
  readonly externalNetworks: readonly string[];
  readonly flavors: readonly Flavor[];
  readonly images: readonly Image[];
}

/** Asks a cloud for what a stack needs of it. @throws CloudApiError */
export async function readCloudOffer(api: CloudApi): Promise<CloudOffer> {
  const [networks, flavors, images] = await Promise.all([
    api.list("network", "/networks", "networks", network, { "router:external": "true" }),
    api.list("compute", "/flavors/detail", "flavors", flavor),
    api.list("image", "/images", "images", image, { status: "active" }),
  ]);
  return {
    externalNetworks: [...new Set(networks.map(({ name }) => name))].toSorted(),
    flavors: flavors.toSorted((one, other) => weight(one) - weight(other)),
    images: images.flatMap(({ name, min_disk, architecture }) =>
      name === null
        ? []
        : [
            {
              name,
              leastDisk: min_disk ?? 0,
              architecture: isArm(architecture, name) ? ("arm64" as const) : ("amd64" as const),
            },
          ],
    ),
  };
}

const isArm = (architecture: string | null | undefined, name: string) => /aarch64|arm64/i.test(architecture ?? name);

/** By which flavors are compared: memory, then processors, then disk. */
const weight = ({ ram, vcpus, disk }: Flavor) => ram * 1_000_000 + vcpus * 1_000 + disk;

/** Disk in GiB of what boots from a volume, where the flavor has none. */
export const volumeSize = 20;

interface Need {
  readonly vcpus: number;
  readonly ram: number;
  readonly disk: number;
}

/** A server, or an agent with Odoo; and what only passes connections on. */
export const nodeNeed: Need = { vcpus: 2, ram: 4_000, disk: 20 };
export const bastionNeed: Need = { vcpus: 1, ram: 480, disk: 5 };

/** The smallest flavor (pure) that has what is needed; where none has, the biggest. */
export function proposeFlavor(flavors: readonly Flavor[], need: Need, image: Image | undefined): Flavor | undefined {
  const disk = Math.max(need.disk, image?.leastDisk ?? 0);
  const fits = flavors.filter(
    (each) => each.vcpus >= need.vcpus && each.ram >= need.ram && (each.disk === 0 || each.disk >= disk),
  );
  const sorted = (fits.length > 0 ? fits : flavors).toSorted((one, other) => weight(one) - weight(other));
  return fits.length > 0 ? sorted[0] : sorted.at(-1);
}

/** Systems that hosts run on, the preferred one first: number of the release, out of an image's name. */
const systems = [
  /debian\D{0,12}(1[23])(?!\d)/i,
  /ubuntu\D{0,12}(2[246-9]\.04)/i,
  /(bookworm|trixie)/i,
  /(noble|jammy)/i,
];

/** Whether hosts can be made of an image, by its name (pure). */
export const isKnownImage = ({ name }: Image) => systems.some((system) => system.test(name));

/** The image (pure) that is proposed: the newest Debian, else the newest Ubuntu. */
export function proposeImage(images: readonly Image[]): Image | undefined {
  for (const system of systems) {
    const found = images
      .flatMap((image) => {
        const release = system.exec(image.name)?.[1];
        return release === undefined ? [] : [{ image, release }];
      })
      .toSorted(
        (one, other) => other.release.localeCompare(one.release) || one.image.name.length - other.image.name.length,
      );
    if (found[0] !== undefined) return found[0].image;
  }
  return undefined;
}

/** What a flavor has, in one line (pure). */
export function describeFlavor({ vcpus, ram, disk }: Flavor): string {
  const processors = vcpus === 1 ? "1 processor" : `${vcpus} processors`;
  return `${processors}, ${ram} MiB of memory, ${disk === 0 ? "no disk of its own" : `${disk} GiB of disk`}`;
}
