import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host/host.ts";
import { loadScript } from "../host/script.ts";
import { shellAssignments } from "../host/shell-assignments.ts";
import { runOnHost } from "../host/step.ts";

const script = loadScript(import.meta.url, "./server-timers.sh");

export interface ServerTimer {
  /** Name of the units and of the program, such as `grappe-certificate`. */
  readonly unit: string;
  /** For people who list the units. */
  readonly description: string;
  /** What the timer runs, a program or a step's script: its values reach it as a step's do. */
  readonly program: string;
  readonly values: Readonly<Record<string, pulumi.Input<string>>>;
  /** Lines of the unit's section [Timer]. */
  readonly schedule: readonly string[];
  /** What must stand before it first runs. */
  readonly after: readonly pulumi.Resource[];
}

/** Unit (pure) that runs a script whose values are a file, as they are a step's stdin. (systemd.exec, StandardInput=file:) */
export function timerService({ unit, description }: Pick<ServerTimer, "unit" | "description">): string {
  return `[Unit]
Description=grappe: ${description}

[Service]
Type=oneshot
Environment=LC_ALL=C.UTF-8
StandardInput=file:/etc/grappe/${unit}.values
ExecStart=/usr/local/lib/grappe/${unit}
`;
}

/** The timer's unit (pure). */
export function timerUnit({ description, schedule }: Pick<ServerTimer, "description" | "schedule">): string {
  return `[Unit]
Description=grappe: ${description}

[Timer]
${schedule.join("\n")}

[Install]
WantedBy=timers.target
`;
}

/** Values of the step on a server (pure): of each timer its texts, by its place in the list. */
export function timerValues(timers: readonly ServerTimer[]): Record<string, pulumi.Input<string>> {
  const texts = timers.flatMap((timer, place) => [
    [`program_${place}`, timer.program],
    [`programValues_${place}`, pulumi.output(timer.values).apply(shellAssignments)],
    [`serviceUnit_${place}`, timerService(timer)],
    [`timerUnit_${place}`, timerUnit(timer)],
  ]);
  return { units: timers.map(({ unit }) => unit).join(" "), ...Object.fromEntries(texts) };
}

export interface ServerTimersArgs {
  /** All that there are to be; timers of ours that aren't among them are taken away. */
  readonly timers: readonly ServerTimer[];
  readonly servers: readonly Host[];
  readonly after: readonly pulumi.Resource[];
}

/**
 * Timers on each server, which run programs of ours with their values. It is there without timers, too: that one isn't called for any
 * more is its change, on a machine that answers, not the deletion of something on a machine that may be gone.
 */
export class ServerTimers extends pulumi.ComponentResource {
  constructor(name: string, args: ServerTimersArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:platform:ServerTimers", name, {}, opts);
    const { timers, servers } = args;
    const values = timerValues(timers);
    const dependsOn = [...args.after, ...timers.flatMap(({ after }) => after)];
    for (const host of servers)
      runOnHost(`${name}-${host.name}`, { host, script, values }, { parent: this, dependsOn });
    this.registerOutputs();
  }
}
