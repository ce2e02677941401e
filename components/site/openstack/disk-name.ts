import type { OpenstackSite } from "../../settings/schema/openstack-site.ts";

export type DiskSource = Pick<OpenstackSite["bastion"], "image" | "bootVolume">;

/** What a machine's disk is made of, in words; whenever they change, it takes another machine. */
export function diskName({ image, bootVolume }: DiskSource): string {
  if (bootVolume === undefined) return image;
  const { sizeGiB, type } = bootVolume;
  return `${image} on ${sizeGiB} GiB${type === undefined ? "" : ` of ${type}`}`;
}
