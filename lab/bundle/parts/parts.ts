import { metallb } from "./metallb.ts";
import type { Part } from "./part.ts";

/** Every part that a bundle can hold beside Kubernetes and our own applications; one entry, and one file, each. */
export const parts: readonly Part[] = [metallb];
