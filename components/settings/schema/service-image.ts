import { imageReference } from "./image-reference.ts";

/** Of an application that is written in this repository. */
export const serviceImage = imageReference
  .optional()
  .describe(
    "Default: the bundle's image of it, or Node.js' own with the program mounted. One's own has the program in /app.",
  );
