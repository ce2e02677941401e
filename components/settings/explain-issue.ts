import { z } from "zod";
import { nearest } from "./nearest.ts";
import type { Problem } from "./problem.ts";
import { type RoomName, rooms } from "./schema/rooms.ts";
import { settingPath } from "./setting-path.ts";

type Issue = z.core.$ZodIssue;
type JsonSchema = z.core.JSONSchema.BaseSchema;

/** A room and what is written in it. */
interface Place {
  readonly room: RoomName;
  readonly value: unknown;
}

/** What a schema's issue means to who wrote the settings. */
export function explainIssue(place: Place, issue: Issue): readonly Problem[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(place, issue.path, key));
  const path = settingPath(place.room, issue.path);
  const about = description(place, issue.path);
  switch (issue.code) {
    case "invalid_type":
      return [{ path, ...wrongType(issue.expected, issue.message, about) }];
    case "invalid_value":
      return [{ path, reason: "is none of the values it can have.", fix: `Write one of ${list(issue.values)}.` }];
    case "invalid_union":
      return unionProblems(place, issue, about);
    case "invalid_key":
      return [
        {
          path,
          ...reasonAndFix(issue.issues[0]?.message ?? "not a valid name", "Rename or remove this key."),
        },
      ];
    case "too_small":
    case "too_big":
      return [
        {
          path,
          reason: bound(issue),
          fix: about === undefined ? "Write a value within the bound." : `Write such a value: ${about}`,
        },
      ];
    case "custom":
    case "invalid_format":
      return [{ path, ...reasonAndFix(issue.message, about) }];
    default:
      return [{ path, reason: sentence(issue.message), fix: about ?? "Correct the value." }];
  }
}

function unknownKey(place: Place, parent: readonly PropertyKey[], key: string): Problem {
  const known = knownKeys(place, parent);
  const meant = nearest(key, known);
  return {
    path: settingPath(place.room, [...parent, key]),
    reason: "is an unknown key; nothing reads it.",
    fix:
      meant === undefined
        ? `Remove it. Known here: ${known.join(", ")}.`
        : `Did you mean \`${meant}\`? Rename it, or remove it.`,
  };
}

function wrongType(expected: string, message: string, about: string | undefined) {
  const noun = typeNames[expected] ?? expected;
  const received = /received (\w+)/.exec(message)?.[1] ?? "something else";
  if (received === "undefined") return { reason: "is missing.", fix: `Add ${noun}. ${about ?? ""}`.trim() };
  const quoting = expected === "string" ? " Quote it where YAML would read something else." : "";
  return {
    reason: `must be ${noun}, but is ${typeNames[received] ?? received}.`,
    fix: `Write ${noun}.${quoting}${about === undefined ? "" : ` ${about}`}`,
  };
}

const typeNames: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  null: "empty",
  number: "a number",
  object: "an object",
  record: "an object",
  string: "text",
};

/** The schemas' own messages are written `reason; fix`. */
function reasonAndFix(message: string, about: string | undefined) {
  const [reason, fix] = message.split("; ", 2);
  return {
    reason: `is ${sentence(reason ?? message)}`,
    fix: fix === undefined ? (about ?? "Correct the value.") : sentence(capital(fix)),
  };
}

/**
 * Of several shapes the one that was meant says what is wrong; where the kind isn't written, the name may be misspelt of something
 * that has none.
 */
function unionProblems(
  place: Place,
  issue: z.core.$ZodIssueInvalidUnion,
  about: string | undefined,
): readonly Problem[] {
  const meant = issue.errors.filter(
    (inner) => !inner.some(({ code, path }) => code === "invalid_type" && path.length === 0),
  );
  const [only, ...others] = meant;
  if (only !== undefined && others.length === 0)
    return only.flatMap((inner) => explainIssue(place, { ...inner, path: [...issue.path, ...inner.path] }));
  const path = settingPath(place.room, issue.path);
  const [kind, key, ...above] = issue.path.toReversed();
  if (kind === undefined || key === undefined || writtenAt(place, issue.path) !== undefined)
    return [{ path, reason: "is none of the kinds there are.", fix: unionFix(issue, about) }];
  const known = nearest(String(key), knownKeys(place, above.toReversed()));
  return [
    {
      path,
      reason: "is missing.",
      fix: `${known === undefined ? "" : `Did you mean \`${known}\` in place of \`${String(key)}\`? `}${unionFix(issue, about)}`,
    },
  ];
}

function writtenAt({ value }: Place, path: readonly PropertyKey[]): unknown {
  return path.reduce((written, step) => (isObject(written) ? written[step] : undefined), value);
}

function unionFix(issue: z.core.$ZodIssueInvalidUnion, about: string | undefined): string {
  return !("options" in issue) || issue.options === undefined
    ? (about ?? "Correct the value.")
    : `Write one of ${list(issue.options)}.`;
}

function bound(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const unit = issue.origin === "array" ? " entries" : issue.origin === "string" ? " characters" : "";
  const verb = unit === "" ? "must be" : "must have";
  return issue.code === "too_small"
    ? `${verb} at least ${issue.minimum}${unit}.`
    : `${verb} at most ${issue.maximum}${unit}.`;
}

const list = (values: readonly unknown[]) => values.map((value) => `\`${String(value)}\``).join(", ");
const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Keys that the schema knows at a path. */
function knownKeys(place: Place, path: readonly PropertyKey[]): readonly string[] {
  return [...new Set(schemasAt(place, path).flatMap((schema) => Object.keys(schema.properties ?? {})))].sort();
}

function description(place: Place, path: readonly PropertyKey[]): string | undefined {
  return schemasAt(place, path).find((schema) => schema.description !== undefined)?.description;
}

/** The JSON schemas that may hold at a path: several where a union's kinds differ and the value doesn't tell which. */
function schemasAt({ room, value }: Place, path: readonly PropertyKey[]): readonly JsonSchema[] {
  let written = value;
  let schemas = alternatives(jsonSchemaOf(room), written);
  for (const step of path) {
    written = isObject(written) ? written[step] : undefined;
    schemas = schemas.flatMap((schema) => child(schema, step)).flatMap((schema) => alternatives(schema, written));
  }
  return schemas;
}

function jsonSchemaOf(room: RoomName): JsonSchema {
  const schema = jsonSchemas.get(room) ?? z.toJSONSchema(rooms[room], { io: "input", unrepresentable: "any" });
  jsonSchemas.set(room, schema);
  return schema;
}

const jsonSchemas = new Map<RoomName, JsonSchema>();

function child(schema: JsonSchema, step: PropertyKey): readonly JsonSchema[] {
  const properties = schema.properties ?? {};
  const next =
    typeof step === "number"
      ? schema.items
      : Object.hasOwn(properties, step)
        ? properties[String(step)]
        : schema.additionalProperties;
  return typeof next === "object" && next !== null && !Array.isArray(next) ? [next] : [];
}

/** A schema and the alternatives in it, but for those of another kind than what is written. */
function alternatives(schema: JsonSchema, written: unknown): readonly JsonSchema[] {
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter((each) => typeof each === "object");
  const fitting = inner.filter((each) => isOfKind(each, written));
  return [schema, ...(fitting.length === 0 ? inner : fitting).flatMap((each) => alternatives(each, written))];
}

function isOfKind(schema: JsonSchema, written: unknown): boolean {
  return Object.entries(schema.properties ?? {}).every(([key, property]) => {
    const kind = typeof property === "object" ? property.const : undefined;
    return kind === undefined || (isObject(written) && written[key] === kind);
  });
}

const isObject = (value: unknown): value is Record<PropertyKey, unknown> => typeof value === "object" && value !== null;
