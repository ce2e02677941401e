import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { certificateMonth } from "../cluster/certificate-month.ts";
import { answerOf } from "../host/answer.ts";
import { loadScript } from "../host/script.ts";
import { runOnHost } from "../host/step.ts";
import { ownAuthoritySecrets } from "./certificates.ts";
import type { ControlHost } from "./custom-resource-gate.ts";
import type { ServerTimer } from "./server-timers.ts";

/** Runs `issue-certificate.sh` once a day, at another hour on each server; one that was off looks when it is on again. */
export const certificateTimer = {
  unit: "grappe-certificate",
  description: "the ingress' certificate is renewed",
  schedule: ["OnCalendar=daily", "RandomizedDelaySec=6h", "Persistent=true"],
};

/** What the certificate is for. */
export interface IssuedCertificate {
  readonly distribution: ControlHost["distribution"];
  readonly namespace: string;
  /** Begins the root's common name, which people see where they trust it. */
  readonly commonName: string;
  /** Every host name that the ingress serves. */
  readonly names: readonly string[];
  /** The ingress' Service, where a load balancer gives it an address, which the certificate names, too. */
  readonly service?: string;
}

/** Values (pure) of `issue-certificate.sh`, but for who runs it. */
export function issueValues({ distribution, namespace, commonName, names, service = "" }: IssuedCertificate) {
  return {
    distribution,
    namespace,
    ...ownAuthoritySecrets,
    // At most 64 characters (RFC 5280, ub-common-name), a date and a word behind it included.
    commonName: commonName.slice(0, 50),
    names: names.toSorted().join(" "),
    service,
  };
}

const certificate = z
  .string()
  .regex(/^-----BEGIN CERTIFICATE-----\n[\s\S]*-----END CERTIFICATE-----$/, "it is no certificate in PEM");

export interface OwnAuthorityArgs extends Omit<IssuedCertificate, "distribution" | "namespace"> {
  /** The ingress', where authority and certificate are. */
  readonly namespace: pulumi.Input<string>;
  readonly control: ControlHost;
  /** Of the ingress: its Service has an address once this stands. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * The shop's own authority: its root is made once, in the cluster, and never anew while it is there; the ingress' certificate is issued
 * anew when its names change and when a third of its life is left: by `up`, which looks once a month, and by a timer on every server.
 */
export class OwnAuthority extends pulumi.ComponentResource {
  /** PEM. Tills are made to trust it. */
  readonly rootCertificate: pulumi.Output<string>;
  /** Renews the certificate in time, on every server. */
  readonly timer: ServerTimer;

  constructor(name: string, args: OwnAuthorityArgs, opts: pulumi.ComponentResourceOptions) {
    super("grappe:platform:OwnAuthority", name, {}, opts);
    const { control, after } = args;
    const script = loadScript(import.meta.url, "./issue-certificate.sh");
    const { distribution } = control;
    const { namespace } = args;
    const values = { ...issueValues({ ...args, distribution, namespace: "" }), namespace };
    const issued = runOnHost(
      `${name}-certificate`,
      {
        host: control.host,
        script,
        values: {
          ...values,
          isUp: "yes",
          month: certificateMonth(new Date()),
        },
        // Each of its waits, and a margin for kubectl itself.
        deadlineSeconds: 480,
        answer: { pattern: /^-----BEGIN CERTIFICATE-----/ },
      },
      { parent: this, dependsOn: [...after] },
    );
    this.timer = { ...certificateTimer, program: script.text, values: { ...values, isUp: "no" }, after: [issued] };
    // Every step's output is secret; a certificate is not.
    const at = { host: control.host.name, step: `${name}-certificate` };
    this.rootCertificate = pulumi.unsecret(answerOf(issued, at, certificate));
    this.registerOutputs({ rootCertificate: this.rootCertificate });
  }
}
