import { setTimeout as delay } from "node:timers/promises";
import { RunError } from "@pulumi/pulumi/errors.js";
import { z } from "zod";
import type { ApiClient } from "../../runtime/kubernetes-api/api-client.ts";

const certificates = "certificates.k8s.io/v1";
const path = `/apis/${certificates}/certificatesigningrequests`;

/** Kubernetes' controller signs at once; a cluster that lacks it never does. */
const deadlineMilliseconds = 30_000;

const signingRequest = z.looseObject({
  status: z
    .looseObject({
      certificate: z.string().optional(),
      conditions: z.array(z.looseObject({ type: z.string(), message: z.string().default("") })).default([]),
    })
    .prefault({}),
});

export interface SigningOrder {
  /** Of the CertificateSigningRequest. */
  readonly name: string;
  /** PEM. */
  readonly request: string;
  readonly seconds: number;
  readonly user: string;
  /** How long is waited for the certificate, default 30 s. */
  readonly milliseconds?: number;
}

async function signed(api: ApiClient, name: string, milliseconds = deadlineMilliseconds): Promise<string> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    const { status } = signingRequest.parse(await api.request({ method: "GET", path: `${path}/${name}` }));
    if (status.certificate !== undefined) return Buffer.from(status.certificate, "base64").toString();
    const refusal = status.conditions.find(({ type }) => type === "Denied" || type === "Failed");
    if (refusal !== undefined) throw new RunError(`The cluster didn't sign the certificate: ${refusal.message}`);
    if (performance.now() > deadline)
      throw new RunError(
        "The cluster didn't sign the certificate in time: its controller manager doesn't answer, or signs none. Fix: look at it with ./grappe status.",
      );
    await delay(200);
  }
}

/**
 * Has a client certificate signed by the cluster's authority for API clients, and leaves no request behind.
 *
 * @returns PEM
 * @throws RunError if it isn't signed
 */
export async function signedCertificate(api: ApiClient, order: SigningOrder): Promise<string> {
  const { name, request, seconds, user } = order;
  const labels = { "app.kubernetes.io/managed-by": "grappe" };
  const body = {
    apiVersion: certificates,
    kind: "CertificateSigningRequest",
    metadata: { name, labels },
    spec: {
      signerName: "kubernetes.io/kube-apiserver-client",
      request: Buffer.from(request).toString("base64"),
      expirationSeconds: seconds,
      usages: ["digital signature", "client auth"],
    },
  };
  const made = await api.request({ method: "POST", path, body: JSON.stringify(body) });
  try {
    const condition = {
      type: "Approved",
      status: "True",
      reason: "Grappe",
      message: `./grappe kubeconfig for ${user}`,
    };
    const approved = { ...made, status: { conditions: [condition] } };
    await api.request({ method: "PUT", path: `${path}/${name}/approval`, body: JSON.stringify(approved) });
    return await signed(api, name, order.milliseconds);
  } finally {
    // What stays Kubernetes takes away itself, after an hour.
    await api.request({ method: "DELETE", path: `${path}/${name}` }).catch(() => undefined);
  }
}
