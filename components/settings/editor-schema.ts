import { z } from "zod";
import { type RoomName, requiredRooms, rooms } from "./schema/rooms.ts";
import { secrets } from "./schema/secrets.ts";
import { settingPath } from "./setting-path.ts";

/** The JSON Schema of a stack file (`Pulumi.<stack>.yaml`), by which editors complete and check it. Pure. */
export function editorSchema(): Record<string, unknown> {
  const roomSchemas = Object.entries(rooms).map(([room, schema]) => [settingPath(room), roomSchema(schema)]);
  const secretSchemas = Object.entries(secrets.shape).map(([name, schema]) => [
    settingPath(name),
    encrypted(`${schema.description} Encrypted: pulumi config set --secret ${settingPath(name)}`),
  ]);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A stack of grappe",
    type: "object",
    required: ["config"],
    properties: {
      config: {
        type: "object",
        description: "The stack's settings.",
        required: requiredRooms.map((room: RoomName) => settingPath(room)),
        properties: Object.fromEntries([...roomSchemas, ...secretSchemas]),
        patternProperties: {
          "^(?!grappe:)": { description: "A setting of another program; grappe ignores it." },
          [ownSecret]: encrypted(
            "A secret that an application's `secrets` names. Encrypted: pulumi config set --secret",
          ),
        },
        additionalProperties: false,
      },
    },
  };
}

/** Names of encrypted settings that are applications'. */
const ownSecret = `^grappe:(?!(${[...Object.keys(rooms), ...Object.keys(secrets.shape)].join("|")})$)[a-z][A-Za-z0-9]{2,62}$`;

function roomSchema(schema: z.ZodType): unknown {
  const { $schema, ...own } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" });
  return own;
}

const encrypted = (description: string) => ({
  type: "object",
  description,
  required: ["secure"],
  properties: { secure: { type: "string" } },
  additionalProperties: false,
});
