// npm run schema: writes settings.schema.json, which the first line of every stack file names.
import { writeFileSync } from "node:fs";
import { editorSchema } from "./editor-schema.ts";

writeFileSync(new URL("settings.schema.json", import.meta.url), `${JSON.stringify(editorSchema(), null, 2)}\n`);
