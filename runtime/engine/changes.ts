/** Number of resources by operation, such as `{ create: 3, same: 40 }`. */
export type ChangeCounts = Readonly<Record<string, number>>;

/** What a run did, for people: `3 create, 40 same`. */
export function describeChanges(changes: ChangeCounts): string {
  const counts = Object.entries(changes).map(([operation, number]) => `${number} ${operation}`);
  return counts.length === 0 ? "nothing to do" : counts.join(", ");
}
