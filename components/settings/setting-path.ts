/** The path of a setting as the user knows it: `grappe:site.hosts[2].labels["example.org/zone"]`. */
export function settingPath(room: string, path: readonly PropertyKey[] = []): string {
  const steps = path.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    const key = String(step);
    return /^[A-Za-z_][\w-]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  });
  return `grappe:${room}${steps.join("")}`;
}
