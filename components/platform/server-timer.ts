import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host/host.ts";
import { loadScript } from "../host/script.ts";
import { shellAssignments } from "../host/shell-assignments.ts";
import { runOnHost } from "../host/step.ts";

const script = loadScript(import.meta.url, "./server-timer.sh");

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

/** A timer on each server, which runs a script of ours with its values. What cleans a host up takes it away with all else. */
export function serverTimers(
  name: string,
  timer: ServerTimer,
  servers: readonly Host[],
  opts: pulumi.CustomResourceOptions,
): void {
  const values = {
    unit: timer.unit,
    program: timer.program,
    programValues: pulumi.output(timer.values).apply(shellAssignments),
    serviceUnit: timerService(timer),
    timerUnit: timerUnit(timer),
  };
  for (const host of servers) {
    runOnHost(`${name}-timer-${host.name}`, { host, script, values }, opts);
  }
}
