/** How everything that we make in the project is named and marked, so that it can be found without the state. */
export interface Mark {
  /** Deterministic: `<stack>-<part>`. */
  readonly name: (part: string) => string;
  /** Tag of everything that can have one: `grappe:<stack>`. */
  readonly tags: string[];
  readonly description: string;
  readonly stack: string;
}

export function markOf(stack: string): Mark {
  return {
    stack,
    name: (part) => `${stack}-${part}`,
    tags: [`grappe:${stack}`],
    description: `Made by grappe, stack ${stack}`,
  };
}
