/**
 * Values as they travel between the engine and a provider: plain JSON, plus secrets, values that are unknown while
 * previewing, and assets. The wire marks them inside a protobuf Struct by the signatures of Pulumi's protocol.
 */

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";
/** Booleans, numbers, strings, arrays, assets, archives and objects that aren't known yet, in this order. */
const UNKNOWN_MARKS = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value that must never be written in plain text. */
export class Secret {
  readonly value: PropertyValue;
  constructor(value: PropertyValue) {
    this.value = value;
  }
}

/** A value that only the deployment will know. */
export class Unknown {}
export const unknown = new Unknown();

/** A file or a folder; only its contents' hash matters to a double. */
export class Asset {
  readonly kind: "asset" | "archive";
  readonly hash: string;
  readonly wire: { readonly [key: string]: WireValue };
  constructor(kind: "asset" | "archive", wire: { readonly [key: string]: WireValue }) {
    this.kind = kind;
    this.hash = typeof wire.hash === "string" ? wire.hash : "";
    this.wire = wire;
  }
}

export type PropertyValue =
  | null
  | boolean
  | number
  | string
  | Secret
  | Unknown
  | Asset
  | readonly PropertyValue[]
  | PropertyMap;
export interface PropertyMap {
  readonly [name: string]: PropertyValue;
}

/** A value without marks: what a behaviour works with. */
export type Plain = null | boolean | number | string | Asset | readonly Plain[] | PlainMap;
export interface PlainMap {
  readonly [name: string]: Plain;
}

/** What a protobuf Struct holds. */
export type WireValue = null | boolean | number | string | WireValue[] | { [key: string]: WireValue };
export type WireMap = { [key: string]: WireValue };

export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret || value instanceof Unknown || value instanceof Asset)
  );
}

function isWireMap(value: unknown): value is WireMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function decodeMarked(value: WireMap): PropertyValue {
  const inner = (): PropertyValue => decode(value.value ?? null);
  switch (value[SIGNATURE]) {
    case SECRET:
      return new Secret(inner());
    case OUTPUT: {
      const known = value.value === undefined ? unknown : inner();
      return value.secret === true ? new Secret(known) : known;
    }
    case ASSET:
      return new Asset("asset", value);
    case ARCHIVE:
      return new Asset("archive", value);
    default:
      throw new Error(`The engine sent a value of an unknown kind: ${String(value[SIGNATURE])}.`);
  }
}

export function decode(value: WireValue): PropertyValue {
  if (typeof value === "string") return UNKNOWN_MARKS.has(value) ? unknown : value;
  if (Array.isArray(value)) return value.map(decode);
  if (!isWireMap(value)) return value;
  if (SIGNATURE in value) return decodeMarked(value);
  return decodeMap(value);
}

export function decodeMap(map: WireMap): PropertyMap {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, decode(value)]));
}

export function encode(value: PropertyValue): WireValue {
  if (value instanceof Secret) return { [SIGNATURE]: SECRET, value: encode(value.value) };
  if (value instanceof Unknown) return UNKNOWN_STRING;
  if (value instanceof Asset) return { ...value.wire };
  if (isMap(value)) return encodeMap(value);
  if (typeof value === "object" && value !== null) return [...value].map(encode);
  return value;
}

export function encodeMap(map: PropertyMap): WireMap {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, encode(value)]));
}

/** The value without its secret marks; throws if a part of it is unknown. */
export function reveal(value: PropertyValue): Plain {
  if (value instanceof Secret) return reveal(value.value);
  if (value instanceof Unknown) throw new Error("A value that isn't known yet reached an operation that needs it.");
  if (value instanceof Asset) return value;
  if (isMap(value)) return revealMap(value);
  if (typeof value === "object" && value !== null) return [...value].map(reveal);
  return value;
}

export function revealMap(map: PropertyMap): PlainMap {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, reveal(value)]));
}

export function hasUnknown(value: PropertyValue): boolean {
  if (value instanceof Secret) return hasUnknown(value.value);
  if (value instanceof Unknown) return true;
  if (value instanceof Asset) return false;
  if (isMap(value)) return Object.values(value).some(hasUnknown);
  return typeof value === "object" && value !== null && [...value].some(hasUnknown);
}

/** Every secret text in the value, for the canaries. */
export function secretTexts(value: PropertyValue, secret = false): string[] {
  if (value instanceof Secret) return secretTexts(value.value, true);
  if (typeof value === "string") return secret ? [value] : [];
  if (isMap(value)) return Object.values(value).flatMap((part) => secretTexts(part, secret));
  if (typeof value === "object" && value !== null && !(value instanceof Unknown || value instanceof Asset))
    return [...value].flatMap((part) => secretTexts(part, secret));
  return [];
}

/** The text of a value that may be secret; `undefined` where it is absent or something else. */
export function textOf(value: PropertyValue | undefined): string | undefined {
  const plain = value === undefined ? undefined : reveal(value);
  return typeof plain === "string" ? plain : undefined;
}

/** The object at a value that may be secret; empty where it is absent or something else. */
export function objectOf(value: PropertyValue | undefined): PlainMap {
  const plain = value === undefined ? null : reveal(value);
  return isPlainMap(plain) ? plain : {};
}

export function isPlainMap(value: Plain | undefined): value is PlainMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Asset);
}
