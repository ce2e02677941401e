import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { PropertyMap } from "../property-value.ts";
import type { CheckFailure } from "../resource.ts";
import { checkInputs } from "./check-inputs.ts";
import { DeclarationReader } from "./declaration-reader.ts";
import type { DeclaredObject } from "./declared-type.ts";

/** Checks inputs against the types that the provider's SDK declares. */
export interface InputTypes {
  /** @throws if the SDK declares no such resource. */
  check(type: string, inputs: PropertyMap): CheckFailure[];
  /** Whether the SDK declares the resource; Kubernetes' custom resources aren't declared. */
  declares(type: string): boolean;
}

interface Cache {
  readonly roots: Record<string, string>;
  readonly objects: Record<string, DeclaredObject>;
}

const require = createRequire(import.meta.url);

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Where an SDK declares a resource's arguments: `openstack:networking/port:Port` is in `networking/port.d.ts`. */
export function declarationOf(type: string): { file: string; name: string } {
  const [, module = "", name = ""] = type.split(":");
  const [group = "", ...rest] = module.split("/");
  if (type.startsWith("kubernetes:")) {
    // "networking.k8s.io/v1" is the folder networking/v1, "helm.sh/v3" is helm/v3.
    const folder = [group.split(".")[0] ?? "", ...rest].join("/");
    return { file: `${folder}/${lowerFirst(name)}.d.ts`, name: `${name}Args` };
  }
  const folder = group === "index" || group === "" ? "" : `${group}/`;
  return { file: `${folder}${lowerFirst(name)}.d.ts`, name: `${name}Args` };
}

function readCache(file: string): Cache {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { roots: {}, objects: {} };
  }
}

/**
 * The types of one SDK package. What was read of it is kept in `cacheFolder`, as reading Kubernetes' declarations takes
 * half a second.
 */
export function inputTypesOf(packageName: string, cacheFolder: string): InputTypes {
  const manifest = require.resolve(`${packageName}/package.json`);
  const version: string = JSON.parse(readFileSync(manifest, "utf8")).version;
  const cacheFile = join(cacheFolder, `${packageName.replace("/", "-")}-${version}.json`);
  const cache = readCache(cacheFile);
  const reader = new DeclarationReader(dirname(manifest));
  Object.assign(reader.objects, cache.objects);
  const rootOf = (type: string): string => {
    const known = cache.roots[type];
    if (known !== undefined) return known;
    const { file, name } = declarationOf(type);
    const root = reader.read(file, name);
    cache.roots[type] = root;
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(cacheFile, JSON.stringify({ roots: cache.roots, objects: reader.objects }));
    return root;
  };
  return {
    declares: (type) => cache.roots[type] !== undefined || reader.has(declarationOf(type).file),
    check: (type, inputs) => checkInputs(inputs, rootOf(type), reader.objects),
  };
}
