/** What a property may hold, as the SDK's declarations say it. */
export type DeclaredType =
  | { readonly kind: "any" }
  | { readonly kind: "asset" }
  | { readonly kind: "string" }
  | { readonly kind: "number" }
  | { readonly kind: "boolean" }
  | { readonly kind: "literal"; readonly value: string | number | boolean }
  | { readonly kind: "array"; readonly element: DeclaredType }
  | { readonly kind: "map"; readonly element: DeclaredType }
  | { readonly kind: "union"; readonly options: readonly DeclaredType[] }
  /** An interface, by its name in `DeclaredTypes.objects`. */
  | { readonly kind: "object"; readonly name: string };

export interface DeclaredProperty {
  readonly type: DeclaredType;
  readonly required: boolean;
}

export interface DeclaredObject {
  readonly properties: Readonly<Record<string, DeclaredProperty>>;
  /** Whether properties beside the declared ones are allowed. */
  readonly open: boolean;
}

/** The interfaces that some resources' arguments consist of. */
export type DeclaredObjects = Readonly<Record<string, DeclaredObject>>;
