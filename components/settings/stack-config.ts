/** A stack's configuration as Pulumi hands it over. */
export interface StackConfig {
  readonly stack: string;
  /** Full key (`grappe:site`) to value; objects are JSON text. Other namespaces are ignored. */
  readonly values: Readonly<Record<string, string>>;
  /** The full keys whose values are encrypted, or hold something encrypted. */
  readonly secretKeys: ReadonlySet<string>;
  /** Variables of the process that will reach the providers; none where nothing is reached. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Reads a file that a setting names, or throws as the system does; where it isn't given, no such file is looked at. */
  readonly readFile?: (path: string) => Uint8Array;
}
