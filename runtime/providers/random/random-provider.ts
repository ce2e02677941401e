import bcrypt from "bcryptjs";
import { differences } from "../../provider-protocol/difference.ts";
import type { InputTypes } from "../../provider-protocol/input-types/input-types.ts";
import { type PropertyMap, Secret, textOf, unknown } from "../../provider-protocol/property-value.ts";
import type {
  Call,
  CheckRequest,
  DiffRequest,
  ExistingResource,
  LiveProvider,
  ReadRequest,
  Verdict,
} from "../live-provider.ts";
import { randomOutputs, randomResult, randomVersion } from "./random-result.ts";

const passwordType = "random:index/randomPassword:RandomPassword";
const bcryptCost = 10;

/** @pulumi/random without its plugin. */
class RandomProvider implements LiveProvider {
  readonly name = "random";
  readonly version = randomVersion;
  readonly #types: InputTypes;

  constructor(types: InputTypes) {
    this.#types = types;
  }

  async check({ subject }: Call, { inputs }: CheckRequest) {
    return { inputs, failures: this.#types.check(subject.type, inputs) };
  }

  /** Every change makes a new one, after which the old one goes. */
  async diff(_call: Call, { before, after }: DiffRequest): Promise<Verdict> {
    return { differences: differences(before, after), replaces: () => true, deleteBeforeReplace: false };
  }

  async create({ subject: { type }, preview }: Call, inputs: PropertyMap) {
    if (preview) {
      const open = randomOutputs(type).map((name) => [name, unknown]);
      return { id: "", outputs: { ...inputs, ...Object.fromEntries(open) } };
    }
    const { id, outputs } = randomResult(type, inputs);
    if (type !== passwordType) return { id, outputs: { ...inputs, ...outputs } };
    const hash = await bcrypt.hash(textOf(outputs.result) ?? "", bcryptCost);
    return { id, outputs: { ...inputs, ...outputs, bcryptHash: new Secret(hash) } };
  }

  /** Never asked for: every changed input replaces. */
  async update(_call: Call, { state }: ExistingResource, inputs: PropertyMap): Promise<PropertyMap> {
    return { ...state, ...inputs };
  }

  async delete(): Promise<void> {}

  async read(_call: Call, { id, state, inputs }: ReadRequest) {
    return { id, inputs, outputs: state };
  }

  async invoke(_call: Call, token: string): Promise<PropertyMap> {
    throw new Error(`The random provider has no function ${token}.`);
  }
}

/** @param types what inputs are checked against */
export function randomProvider(types: InputTypes): LiveProvider {
  return new RandomProvider(types);
}
