/** A chart of a publisher, in one exact version. */
export interface Chart {
  readonly name: string;
  readonly version: string;
  /** Address of the publisher's chart repository. */
  readonly repository: string;
}
