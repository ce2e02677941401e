/** What makes the Pi's kernel account memory by control group, which it otherwise leaves out and Kubernetes needs. */
const flags = ["cgroup_memory=1", "cgroup_enable=memory"];

/** The kernel's command line (pure), with these flags once, on the single line that the firmware reads. */
export function withMemoryCgroup(commandLine: string): string {
  const words = commandLine.split(/\s+/).filter((word) => word !== "");
  return `${[...words, ...flags.filter((flag) => !words.includes(flag))].join(" ")}\n`;
}
