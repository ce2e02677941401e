import { sessionModules } from "../../../components/apps/odoo/session-module.ts";
import type { Part } from "./part.ts";

/** What Odoo needs besides its images. */
export const odoo: Part = { name: "odoo", images: [], charts: [], files: Object.values(sessionModules) };
