import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { DeclaredObject, DeclaredProperty, DeclaredType } from "./declared-type.ts";

const ANY: DeclaredType = { kind: "any" };

/** Interfaces and constants of a declaration file, by their dotted name. */
interface Declarations {
  readonly interfaces: Map<string, ts.InterfaceDeclaration>;
  readonly constants: Map<string, ts.TypeNode>;
}

function collect(statements: readonly ts.Statement[], prefix: string, into: Declarations): void {
  for (const statement of statements) {
    if (ts.isInterfaceDeclaration(statement)) into.interfaces.set(prefix + statement.name.text, statement);
    else if (ts.isVariableStatement(statement)) {
      for (const one of statement.declarationList.declarations)
        if (ts.isIdentifier(one.name) && one.type !== undefined) into.constants.set(prefix + one.name.text, one.type);
    } else if (ts.isModuleDeclaration(statement) && statement.body !== undefined && ts.isModuleBlock(statement.body))
      collect(statement.body.statements, `${prefix}${statement.name.text}.`, into);
  }
}

function parse(file: string): Declarations {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, false);
  const declarations: Declarations = { interfaces: new Map(), constants: new Map() };
  collect(source.statements, "", declarations);
  return declarations;
}

function entityText(name: ts.EntityName): string {
  return ts.isIdentifier(name) ? name.text : `${entityText(name.left)}.${name.right.text}`;
}

/** Reads what an SDK package declares of its resources' arguments, by syntax alone: no type checker is needed. */
export class DeclarationReader {
  readonly #folder: string;
  readonly #files = new Map<string, Declarations>();
  /** Interfaces read so far; nested ones are added as they are met. */
  readonly objects: Record<string, DeclaredObject> = {};

  constructor(folder: string) {
    this.#folder = folder;
  }

  #declarations(file: string): Declarations {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    const parsed = parse(join(this.#folder, file));
    this.#files.set(file, parsed);
    return parsed;
  }

  has(file: string): boolean {
    return existsSync(join(this.#folder, file));
  }

  /** Reads an interface and all that it consists of; returns its name in `objects`. */
  read(file: string, name: string): string {
    const qualified = file === "types/input.d.ts" ? name : `${file}#${name}`;
    if (this.objects[qualified] !== undefined) return qualified;
    const declaration = this.#declarations(file).interfaces.get(name);
    if (declaration === undefined) throw new Error(`${join(this.#folder, file)} declares no interface ${name}.`);
    const properties: Record<string, DeclaredProperty> = {};
    // Recorded before its members are read: interfaces may contain themselves.
    const object = { properties, open: declaration.members.some(ts.isIndexSignatureDeclaration) };
    this.objects[qualified] = object;
    for (const member of declaration.members) {
      if (!ts.isPropertySignature(member) || member.type === undefined) continue;
      const key = ts.isIdentifier(member.name) || ts.isStringLiteral(member.name) ? member.name.text : undefined;
      if (key === undefined) continue;
      properties[key] = { type: this.#type(member.type, file), required: member.questionToken === undefined };
    }
    return qualified;
  }

  #reference(node: ts.TypeReferenceNode, file: string): DeclaredType {
    const name = entityText(node.typeName);
    const argument = node.typeArguments?.at(-1);
    const last = name.split(".").at(-1) ?? name;
    if (last === "Input" || last === "Output") return argument === undefined ? ANY : this.#type(argument, file);
    if (last === "Record") return { kind: "map", element: argument === undefined ? ANY : this.#type(argument, file) };
    if (name.startsWith("pulumi.asset.")) return { kind: "asset" };
    if (name.startsWith("inputs."))
      return { kind: "object", name: this.read("types/input.d.ts", name.slice("inputs.".length)) };
    if (name.startsWith("enums.")) return this.#enumeration(name.slice("enums.".length));
    if (this.#declarations(file).interfaces.has(name)) return { kind: "object", name: this.read(file, name) };
    return ANY;
  }

  /** An enumeration is an object of literals: `types/enums/remote/index.d.ts` holds `remote.Logging`. */
  #enumeration(name: string): DeclaredType {
    const parts = name.split(".");
    const file = join("types/enums", ...parts.slice(0, -1), "index.d.ts");
    const node = this.has(file) ? this.#declarations(file).constants.get(parts.at(-1) ?? "") : undefined;
    if (node === undefined || !ts.isTypeLiteralNode(node)) return ANY;
    const options = node.members.flatMap((member) =>
      ts.isPropertySignature(member) && member.type !== undefined ? [this.#type(member.type, file)] : [],
    );
    return { kind: "union", options };
  }

  #union(node: ts.UnionTypeNode, file: string): DeclaredType {
    const options = node.types
      .filter((one) => one.kind !== ts.SyntaxKind.UndefinedKeyword)
      .map((one) => this.#type(one, file));
    const only = options[0];
    return options.length === 1 && only !== undefined ? only : { kind: "union", options };
  }

  #type(node: ts.TypeNode, file: string): DeclaredType {
    if (ts.isTypeReferenceNode(node)) return this.#reference(node, file);
    if (ts.isArrayTypeNode(node)) return { kind: "array", element: this.#type(node.elementType, file) };
    if (ts.isParenthesizedTypeNode(node)) return this.#type(node.type, file);
    if (ts.isUnionTypeNode(node)) return this.#union(node, file);
    if (ts.isLiteralTypeNode(node)) {
      if (ts.isStringLiteral(node.literal)) return { kind: "literal", value: node.literal.text };
      if (ts.isNumericLiteral(node.literal)) return { kind: "literal", value: Number(node.literal.text) };
    }
    if (ts.isTypeLiteralNode(node)) {
      const index = node.members.find(ts.isIndexSignatureDeclaration);
      return index === undefined ? ANY : { kind: "map", element: this.#type(index.type, file) };
    }
    if (node.kind === ts.SyntaxKind.StringKeyword) return { kind: "string" };
    if (node.kind === ts.SyntaxKind.NumberKeyword) return { kind: "number" };
    if (node.kind === ts.SyntaxKind.BooleanKeyword) return { kind: "boolean" };
    return ANY;
  }
}
