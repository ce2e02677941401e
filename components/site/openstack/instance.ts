import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { type SshKeyPair, sshKeyPairFromSeed } from "../../host/ssh-key-pair.ts";
import type { OpenstackSite } from "../../settings/schema/openstack-site.ts";
import type { Catalogue } from "./catalogue.ts";
import { cloudInit } from "./cloud-init.ts";
import { diskName } from "./disk-name.ts";
import { buildFailureHook, creationHooks, givenUp, type ResizeActions, resizeHooks } from "./instance-hooks.ts";
import type { Mark } from "./mark.ts";

/** What a machine is made of, as the settings say it. */
export type MachineType = Pick<OpenstackSite["bastion"], "flavor" | "image" | "bootVolume">;

export interface InstanceArgs {
  readonly mark: Mark;
  readonly machine: MachineType;
  /** The setting that it comes from. */
  readonly setting: string;
  readonly catalogue: Catalogue;
  readonly place: { readonly networkId: pulumi.Input<string>; readonly subnetId: pulumi.Input<string> };
  /** Its fixed address in that place. */
  readonly address: string;
  readonly securityGroupIds: pulumi.Input<string>[];
  /** Networks of addresses that it may use beside its own. */
  readonly allowedAddresses: readonly string[];
  readonly availabilityZone?: string;
  readonly serverGroup?: openstack.compute.ServerGroup;
  readonly keyPair: openstack.compute.Keypair;
  readonly user: string;
  /** The public key that logs in, in OpenSSH's one-line form. */
  readonly authorizedKey: string;
  /** What must stand before it boots, and can go only after it. */
  readonly bootsAfter: readonly pulumi.Resource[];
  /** What else must be done before it is made, or replaced; known only when the cluster is planned. */
  readonly turn?: Promise<readonly pulumi.Resource[]>;
  /** What is done around a change of its flavor. */
  readonly resizing?: ResizeActions;
}

/**
 * An instance with a port and an SSH host key of its own.
 *
 * Another flavor resizes it in place; another image replaces it, and never rebuilds it, which is what the provider would do: a
 * rebuild wipes the disk of a node that nobody has drained.
 */
export class Instance extends pulumi.ComponentResource {
  readonly port: openstack.networking.Port;
  readonly instance: openstack.compute.Instance;
  /** Its id, of a machine that works: the run fails where OpenStack has it in the state ERROR. */
  readonly identity: pulumi.Output<string>;
  /** Its host key's public half, known before it boots. */
  readonly hostKey: pulumi.Output<string>;

  constructor(name: string, args: InstanceArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:openstack:Instance", name, {}, opts);
    // 32 bytes in hexadecimal. A RandomBytes would show them: its id, which no state encrypts, is the value itself.
    const seed = new random.RandomPassword(
      `${name}-host-key`,
      { length: 64, upper: false, lower: false, overrideSpecial: "abcdef" },
      { parent: this },
    );
    const hostKey = seed.result.apply((hex) => sshKeyPairFromSeed(Buffer.from(hex, "hex").toString("base64")));
    this.hostKey = pulumi.unsecret(hostKey.apply(({ publicKey }) => publicKey));
    this.port = this.#port(name, args);
    this.instance = this.#instance(name, args, hostKey);
    this.identity = pulumi
      .all([this.instance.id, this.instance.powerState])
      .apply(([id, state]) => workingInstance(name, id, state));
    this.registerOutputs({ identity: this.identity });
  }

  #port(name: string, args: InstanceArgs): openstack.networking.Port {
    const { mark, place, address, securityGroupIds, allowedAddresses } = args;
    return new openstack.networking.Port(
      `${name}-port`,
      {
        name: mark.name(name),
        description: mark.description,
        networkId: place.networkId,
        fixedIps: [{ subnetId: place.subnetId, ipAddress: address }],
        securityGroupIds,
        allowedAddressPairs: allowedAddresses.map((network) => ({ ipAddress: network })),
        tags: mark.tags,
      },
      // The address can be given only once.
      { parent: this, deleteBeforeReplace: true },
    );
  }

  #instance(name: string, args: InstanceArgs, hostKey: pulumi.Output<SshKeyPair>): openstack.compute.Instance {
    const { mark, machine, serverGroup, user, authorizedKey } = args;
    const userData = hostKey.apply((key) => cloudInit({ hostname: name, user, authorizedKey, hostKey: key }));
    return new openstack.compute.Instance(
      `${name}-instance`,
      {
        name: mark.name(name),
        flavorName: machine.flavor,
        ...disk(machine, args.catalogue),
        availabilityZone: args.availabilityZone,
        networks: [{ port: this.port.id }],
        schedulerHints: serverGroup === undefined ? [] : [{ group: serverGroup.id }],
        keyPair: args.keyPair.name,
        userData: pulumi.secret(userData),
        metadata: { grappe: mark.stack, disk: diskName(machine) },
      },
      {
        parent: this,
        dependsOn: this.#after(args),
        // Its port can be plugged into one instance only.
        deleteBeforeReplace: true,
        // The provider would rebuild in place. By its name, as a cloud's newer image of the same name is nobody's wish.
        replacementTrigger: diskName(machine),
        // User data and key count at the first boot only: what changes later is a step on the host. A replacement gets all anew.
        ignoreChanges: ["userData", "keyPair", "imageName", "imageId", "blockDevices"],
        hooks: this.#hooks(name, args),
      },
    );
  }

  async #after({ bootsAfter, turn }: InstanceArgs): Promise<pulumi.Input<pulumi.Resource>[]> {
    return [...bootsAfter, ...((await turn) ?? [])];
  }

  #hooks(name: string, { machine, setting, catalogue, resizing }: InstanceArgs): pulumi.ResourceHookBinding {
    const image = catalogue.images.get(machine.image);
    const flavor = catalogue.flavors.get(machine.flavor);
    const beforeCreate = creationHooks(name, [image, flavor]);
    const diskOf = machine.bootVolume === undefined ? catalogue.diskOf : async () => undefined;
    const change = { flavor, setting: `${setting}.flavor`, diskOf };
    const resize = resizeHooks(name, change, resizing);
    return {
      ...(beforeCreate.length > 0 ? { beforeCreate } : {}),
      ...resize,
      onError: [buildFailureHook(name), ...(resize.onError ?? [])],
    };
  }
}

/**
 * The id of an instance that OpenStack hasn't given up. Nova has one in the state ERROR whose build or host failed; the provider
 * keeps it for an instance like any other, and every step on it would wait in vain.
 */
export function workingInstance(name: string, id: string, state: string | undefined): string {
  if (state !== "error") return id;
  throw new GivenUpInstance(givenUp(name, id));
}

/**
 * Its message stays as it is. The SDK writes `error serializing property "…"` before the message of an input's error, again and
 * again for everything that depends on it (@pulumi/pulumi, runtime/rpc.ts): dozens of times for an instance.
 */
class GivenUpInstance extends pulumi.RunError {
  constructor(message: string) {
    super(message);
    Object.defineProperty(this, "message", { get: () => message, set: () => undefined });
  }
}

/** Boots from the image itself, or from a volume that is made of it and goes with the instance. */
function disk(
  { image, bootVolume }: MachineType,
  { images }: Catalogue,
): Pick<openstack.compute.InstanceArgs, "imageName" | "blockDevices"> {
  if (bootVolume === undefined) return { imageName: image };
  const offer = images.get(image);
  return {
    blockDevices: [
      {
        // Without an id the instance is refused before it is created (creationHooks).
        uuid: offer !== undefined && "id" in offer ? offer.id : undefined,
        sourceType: "image",
        destinationType: "volume",
        bootIndex: 0,
        volumeSize: bootVolume.sizeGiB,
        volumeType: bootVolume.type,
        deleteOnTermination: true,
      },
    ],
  };
}
