import bcrypt from "bcryptjs";
import { differences } from "../../../rehearsal/doubles/difference.ts";
import { type PropertyMap, Secret, textOf, unknown } from "../../../rehearsal/doubles/property-value.ts";
import type { ProviderDouble } from "../../../rehearsal/doubles/provider-double.ts";
import type {
  Call,
  CheckRequest,
  DiffRequest,
  ExistingResource,
  LiveProvider,
  ReadRequest,
  Verdict,
} from "../live-provider.ts";

const passwordType = "random:index/randomPassword:RandomPassword";
const bcryptCost = 10;

/**
 * @pulumi/random without its plugin. The double's results are real random ones already, all but the password's bcrypt hash,
 * which no rehearsal needs.
 */
class RandomProvider implements LiveProvider {
  readonly name = "random";
  readonly version: string;
  readonly #double: ProviderDouble;

  constructor(double: ProviderDouble) {
    this.#double = double;
    this.version = double.version;
  }

  async check(call: Call, { before, inputs }: CheckRequest) {
    return this.#double.check(call.subject, before, inputs, call.instance);
  }

  async diff(call: Call, { before, after }: DiffRequest): Promise<Verdict> {
    const rule = this.#double.rule(call.subject);
    return {
      differences: differences(before, after),
      replaces: (path) => rule.replaceOn(path.split(/[.[]/)[0] ?? "", path),
      deleteBeforeReplace: rule.deleteBeforeReplace(before, after),
    };
  }

  async create(call: Call, inputs: PropertyMap) {
    if (call.preview) {
      const open = this.#double.unknownOutputs(call.subject, "create").map((name) => [name, unknown]);
      return { id: "", outputs: { ...inputs, ...Object.fromEntries(open) } };
    }
    const { id, outputs } = this.#double.create(call.subject, inputs, call.instance).result;
    if (call.subject.type !== passwordType) return { id, outputs };
    const hash = await bcrypt.hash(textOf(outputs.result) ?? "", bcryptCost);
    return { id, outputs: { ...outputs, bcryptHash: new Secret(hash) } };
  }

  async update(call: Call, { id, state }: ExistingResource, inputs: PropertyMap): Promise<PropertyMap> {
    return this.#double.update(call.subject, id, state, inputs, call.instance).result;
  }

  async delete(): Promise<void> {}

  async read(_call: Call, { id, state, inputs }: ReadRequest) {
    return { id, inputs, outputs: state };
  }

  async invoke(_call: Call, token: string): Promise<PropertyMap> {
    throw new Error(`The random provider has no function ${token}.`);
  }
}

/** @param double the rehearsal's `random` */
export function randomProvider(double: ProviderDouble): LiveProvider {
  return new RandomProvider(double);
}
