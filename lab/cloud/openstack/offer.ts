/** What the cloud offers to its project, in the shapes of openstacksdk. */
export interface Offer {
  readonly flavors: readonly {
    readonly name: string;
    readonly vcpus: number;
    readonly ram: number;
    readonly disk: number;
  }[];
  /** Root file systems by the image's name. */
  readonly images: readonly { readonly name: string; readonly file: string }[];
  readonly quota: {
    readonly compute: Readonly<Record<string, number>>;
    readonly network: Readonly<Record<string, number>>;
  };
}

/** Folder in the host of the cloud where images lie until Glance has them. */
export const imageFolder = "/var/tmp/images";

/** Memory in MiB, disks in GiB. The quota holds some three clusters of the size that fits on this computer. */
export const offer: Offer = {
  flavors: [
    { name: "small", vcpus: 1, ram: 2048, disk: 10 },
    { name: "large", vcpus: 2, ram: 4096, disk: 20 },
  ],
  images: ["debian-12", "debian-12-next"].map((name) => ({ name, file: `${imageFolder}/${name}.tar` })),
  quota: {
    compute: { instances: 16, cores: 32, ram: 65_536, key_pairs: 20, server_groups: 10 },
    network: {
      network: 10,
      subnet: 20,
      port: 100,
      router: 10,
      floatingip: 10,
      security_group: 20,
      security_group_rule: 200,
    },
  },
};
