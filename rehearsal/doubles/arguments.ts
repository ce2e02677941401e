import { isPlainMap, type Plain, type PlainMap } from "../../runtime/provider-protocol/property-value.ts";
import { Refusal } from "../world/refusal.ts";

/** Reads typed values out of a resource's inputs, which were checked before: a wrong type here is a bug of a double. */
export class Arguments {
  readonly values: PlainMap;

  constructor(values: PlainMap) {
    this.values = values;
  }

  optionalText(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  text(name: string): string {
    const value = this.optionalText(name);
    if (value === undefined) throw new Refusal(`Missing required argument "${name}".`);
    return value;
  }

  optionalNumber(name: string): number | undefined {
    const value = this.values[name];
    return typeof value === "number" ? value : undefined;
  }

  number(name: string): number {
    const value = this.optionalNumber(name);
    if (value === undefined) throw new Refusal(`Missing required argument "${name}".`);
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.values[name];
    return typeof value === "boolean" ? value : undefined;
  }

  #list(name: string): readonly Plain[] {
    const value = this.values[name];
    return Array.isArray(value) ? value : [];
  }

  texts(name: string): string[] {
    return this.#list(name).filter((one) => typeof one === "string");
  }

  objects(name: string): Arguments[] {
    return this.#list(name)
      .filter(isPlainMap)
      .map((one) => new Arguments(one));
  }

  object(name: string): Arguments {
    const value = this.values[name];
    return new Arguments(isPlainMap(value) ? value : {});
  }
}
