import { randomBytes, randomInt } from "node:crypto";
import { type Plain, type PropertyMap, reveal, Secret } from "../../provider-protocol/property-value.ts";

/** Of the official plugin whose results these are. */
export const randomVersion = "4.21.2";

const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER = UPPER.toLowerCase();
const DIGITS = "0123456789";
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

function numberOf(value: Plain | undefined, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}

function pick(alphabet: string): string {
  return alphabet.charAt(randomInt(alphabet.length));
}

function shuffle(characters: string[]): string {
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    const [a, b] = [characters[last] ?? "", characters[other] ?? ""];
    characters[last] = b;
    characters[other] = a;
  }
  return characters.join("");
}

/** A string by the rules of RandomString and RandomPassword: character classes, and how many of each at least. */
function randomText(inputs: PropertyMap): string {
  const of = (name: string): Plain => reveal(inputs[name] ?? null);
  const override = of("overrideSpecial");
  const classes = [
    { on: of("upper") !== false, characters: UPPER, least: numberOf(of("minUpper"), 0) },
    { on: of("lower") !== false, characters: LOWER, least: numberOf(of("minLower"), 0) },
    { on: (of("numeric") ?? of("number")) !== false, characters: DIGITS, least: numberOf(of("minNumeric"), 0) },
    {
      on: of("special") !== false,
      characters: typeof override === "string" && override !== "" ? override : SPECIAL,
      least: numberOf(of("minSpecial"), 0),
    },
  ].filter((one) => one.on);
  const alphabet = classes.map((one) => one.characters).join("");
  if (alphabet === "") throw new Error("the character set specified is empty");
  const length = numberOf(of("length"), 0);
  const chosen = classes.flatMap((one) => Array.from({ length: one.least }, () => pick(one.characters)));
  if (chosen.length > length) throw new Error(`length ${length} is below the sum of the minimum counts`);
  while (chosen.length < length) chosen.push(pick(alphabet));
  return shuffle(chosen);
}

/** What a random resource is made with. */
export interface Generated {
  readonly id: string;
  readonly outputs: PropertyMap;
}

function bytesOf(inputs: PropertyMap, property: string): Buffer {
  return randomBytes(numberOf(reveal(inputs[property] ?? null), 0));
}

function randomUuid(): string {
  const hex = randomBytes(16).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join("-");
}

const generators: Readonly<Record<string, (inputs: PropertyMap) => Generated>> = {
  "random:index/randomPassword:RandomPassword": (inputs) => ({
    id: "none",
    outputs: { result: new Secret(randomText(inputs)), bcryptHash: new Secret(`$2a$10$${randomText(inputs)}`) },
  }),
  "random:index/randomString:RandomString": (inputs) => {
    const result = randomText(inputs);
    return { id: result, outputs: { result } };
  },
  "random:index/randomBytes:RandomBytes": (inputs) => {
    const bytes = bytesOf(inputs, "length");
    const base64 = bytes.toString("base64");
    // The real provider's id is the value itself (computeRandomBytesID), and ids stand in the state in plain text.
    return { id: base64, outputs: { base64: new Secret(base64), hex: new Secret(bytes.toString("hex")) } };
  },
  "random:index/randomId:RandomId": (inputs) => {
    const bytes = bytesOf(inputs, "byteLength");
    const prefix = reveal(inputs.prefix ?? "");
    const url = bytes.toString("base64url");
    const outputs = { b64Url: url, b64Std: bytes.toString("base64"), hex: bytes.toString("hex") };
    const dec = BigInt(`0x${outputs.hex || "0"}`).toString();
    const prefixed = Object.entries({ ...outputs, dec }).map(([name, value]) => [name, `${prefix}${value}`] as const);
    return { id: url, outputs: Object.fromEntries(prefixed) };
  },
  "random:index/randomUuid:RandomUuid": () => {
    const result = randomUuid();
    return { id: result, outputs: { result } };
  },
  "random:index/randomInteger:RandomInteger": (inputs) => {
    const [min, max] = [numberOf(reveal(inputs.min ?? 0), 0), numberOf(reveal(inputs.max ?? 0), 0)];
    const result = randomInt(min, max + 1);
    return { id: String(result), outputs: { result } };
  },
};

/** What a random resource gets (real randomness), secret where the official provider's is. @throws where its inputs can't be met */
export function randomResult(type: string, inputs: PropertyMap): Generated {
  const generator = generators[type];
  if (generator === undefined) throw new Error(`The random provider's stand-in doesn't know ${type}.`);
  return generator(inputs);
}

const outputNames: Readonly<Record<string, readonly string[]>> = {
  "random:index/randomPassword:RandomPassword": ["result", "bcryptHash"],
  "random:index/randomBytes:RandomBytes": ["base64", "hex"],
  "random:index/randomId:RandomId": ["b64Url", "b64Std", "hex", "dec"],
};

/** Names of the outputs that nobody knows before a random resource is made. */
export function randomOutputs(type: string): readonly string[] {
  return outputNames[type] ?? ["result"];
}
