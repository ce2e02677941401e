import { Document, isMap, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";

/** A value of a settings file; what is `undefined` isn't written. */
export type Value = string | number | boolean | typeof nothing | readonly Value[] | readonly Entry[];

/** `{}`: a setting whose presence says all. */
export const nothing: Readonly<Record<never, never>> & { readonly key?: never } = {};

/** A key of a settings file with its value and, above it, what a reader needs to know. */
export interface Entry {
  readonly key: string;
  readonly value: Value;
  /** Plain text; line breaks are kept. */
  readonly comment?: string;
  /** An empty line before it. */
  readonly apart?: boolean;
}

/** Makes an entry; `undefined` values vanish, so that a list of entries reads as the file will. */
export function entry(key: string, value: Value | undefined, comment?: string, apart?: boolean): readonly Entry[] {
  return value === undefined
    ? []
    : [{ key, value, ...(comment === undefined ? {} : { comment }), ...(apart ? { apart } : {}) }];
}

const isList = (value: Value): value is readonly Value[] | readonly Entry[] => Array.isArray(value);
const isEntry = (value: Value | Entry): value is Entry => typeof value === "object" && "key" in value;
const isEntries = (value: readonly (Value | Entry)[]): value is readonly Entry[] =>
  value.length > 0 && value.every(isEntry);

const commentText = (text: string) => text.replaceAll(/^/gm, " ");

function nodeOf(value: Value): Scalar | YAMLMap | YAMLSeq {
  if (typeof value !== "object") return new Scalar(value);
  if (!isList(value)) return new YAMLMap();
  if (isEntries(value)) return mapOf(value);
  const list = new YAMLSeq();
  for (const item of value) {
    const node = nodeOf(item);
    // A comment of the first key of a list's item belongs above the item.
    const [first] = isMap(node) ? node.items : [];
    if (first !== undefined && first.key instanceof Scalar && typeof first.key.commentBefore === "string") {
      node.commentBefore = first.key.commentBefore;
      first.key.commentBefore = undefined;
    }
    list.add(node);
  }
  if (value.every((item) => typeof item !== "object") && JSON.stringify(value).length <= 60) list.flow = true;
  return list;
}

function mapOf(entries: readonly Entry[]): YAMLMap {
  const map = new YAMLMap();
  for (const { key, value, comment, apart } of entries) {
    const keyNode = new Scalar(key);
    if (comment !== undefined) keyNode.commentBefore = commentText(comment);
    if (apart) keyNode.spaceBefore = true;
    map.add(new Pair(keyNode, nodeOf(value)));
  }
  return map;
}

/** A settings file's text (pure). @param header the comment at its top */
export function commentedYaml(header: string, entries: readonly Entry[]): string {
  const comment = header.split("\n").map((line) => `# ${line}`.trimEnd());
  return `${comment.join("\n")}\n${new Document(mapOf(entries)).toString({ lineWidth: 0, flowCollectionPadding: false })}`;
}
