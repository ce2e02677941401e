/** The story: from settings to the applications' addresses. */
export default async function grappe(): Promise<Record<string, unknown>> {
  return {};
}
