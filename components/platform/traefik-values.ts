import type { Input, Inputs } from "@pulumi/pulumi";
import { strongCiphers } from "../cluster/cis/strong-ciphers.ts";
import { subnetLabel, subnetLabelValue } from "../cluster/machine-label.ts";
import { type AcmeAuthority, acmeStore, certificateResolver, traefikData } from "./certificates.ts";
import { machinesApart } from "./machines-apart.ts";

/** The image of the chart's version, named whole, as container runtimes do, so that a bundle can list it. */
export const traefikImage = { registry: "docker.io", repository: "library/traefik", tag: "v3.7.11" } as const;
export const traefikImageReference = `${traefikImage.registry}/${traefikImage.repository}:${traefikImage.tag}`;

export const traefikNamespace = "traefik";

/** Names of objects in Traefik's namespace that its values refer to. */
export const traefikNames = {
  dashboardUsers: "dashboard-users",
  dashboardMiddleware: "dashboard-auth",
  acmeRoot: "acme-root",
  dnsCredentials: "dns-credentials",
  securityHeaders: "security-headers",
} as const;

export interface TraefikConfiguration {
  /** From the load balancer's pool. Default: the first free one. */
  readonly address?: string;
  /** Who gives certificates; without it and without `certificateSecret` all is plain HTTP. */
  readonly authority?: AcmeAuthority;
  /** Name of a Secret of type kubernetes.io/tls, in Traefik's namespace: the one certificate for every name. */
  readonly certificateSecret?: string;
  /** Name of a Secret whose keys are environment variables, for the DNS challenge's provider. */
  readonly dnsCredentialsSecret?: Input<string>;
  /** A volume for what an ACME authority gave; without it a Secret keeps that, and the ingress can start on any machine. */
  readonly persistence?: { readonly size: string; readonly storageClass?: string };
  /** Browsers remember for half a year that the names are reached encrypted, by a certificate that they trust, or not at all. Default: no. */
  readonly strictTransport?: boolean;
  /** How many nodes take its pods. */
  readonly schedulableNodes: number;
  readonly dashboard?: { readonly host: string };
  /** Whether a load balancer gives the Service an address; else it is reached through node ports. */
  readonly loadBalancer: boolean;
  readonly externalTrafficPolicy: "Local" | "Cluster";
  /** Ranges (CIDR) from which X-Forwarded headers, and the PROXY protocol's addresses, are believed. */
  readonly trusted: { readonly forwardedHeaders: readonly string[]; readonly proxyProtocol: readonly string[] };
  /** The subnet (CIDR) that Traefik's node must be in, where nodes lie in several. */
  readonly subnet?: string;
}

/** As Traefik's `certificatesResolvers.*.acme` has it. (its pkg/provider/acme/provider.go, DNSChallenge and Propagation) */
function challenge({ dnsChallenge }: AcmeAuthority): Inputs {
  if (dnsChallenge === undefined) return { tlsChallenge: true };
  const { provider, resolvers, propagation } = dnsChallenge;
  const { delaySeconds, asked = "authoritative" } = propagation ?? {};
  const checks = {
    ...(delaySeconds === undefined ? {} : { delayBeforeChecks: `${delaySeconds}s` }),
    ...(asked === "resolvers" ? { disableANSChecks: true, requireAllRNS: true } : {}),
    ...(asked === "none" ? { disableChecks: true } : {}),
  };
  return {
    dnsChallenge: {
      provider,
      ...(resolvers === undefined
        ? {}
        : { resolvers: resolvers.map((one) => (one.includes(":") ? one : `${one}:53`)) }),
      ...(Object.keys(checks).length === 0 ? {} : { propagation: checks }),
    },
  };
}

function certificates(authority: AcmeAuthority): Inputs {
  const acme = {
    caServer: authority.directory,
    email: authority.email,
    storage: acmeStore(authority).file,
    ...challenge(authority),
    ...(authority.rootFile !== undefined ? { caCertificates: [`/certs/${authority.rootFile}`] } : {}),
  };
  return {
    certificatesResolvers: { [certificateResolver]: { acme } },
    ...(authority.rootFile !== undefined
      ? { volumes: [{ name: traefikNames.acmeRoot, mountPath: "/certs", type: "configMap" }] }
      : {}),
  };
}

/** The store of certificates and account key. */
function store({ persistence }: TraefikConfiguration): Inputs {
  const podSecurityContext = { fsGroup: 65532, fsGroupChangePolicy: "OnRootMismatch" };
  if (persistence === undefined) return { podSecurityContext };
  const { size, storageClass } = persistence;
  const volume = { enabled: true, path: traefikData, accessMode: "ReadWriteOnce", size };
  return { persistence: { ...volume, ...(storageClass === undefined ? {} : { storageClass }) }, podSecurityContext };
}

/** Begins from what was kept, where nothing is there yet; Traefik refuses a store that others can read. */
function prepareStore(authority: AcmeAuthority, isKept: boolean): Inputs {
  const kept = { name: "kept-store", mountPath: "/kept" };
  const { file, secret } = acmeStore(authority);
  const fromKept = isKept ? `[ -s ${file} ] || cp ${kept.mountPath}/acme.json ${file} 2> /dev/null; ` : "";
  const container = {
    name: "store-permissions",
    image: traefikImageReference,
    command: ["sh", "-c", `${fromKept}touch ${file} && chmod 600 ${file}`],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [{ name: "data", mountPath: traefikData }, ...(isKept ? [kept] : [])],
  };
  const volume = { name: kept.name, secret: { secretName: secret, optional: true } };
  return { initContainers: [container], ...(isKept ? { additionalVolumes: [volume] } : {}) };
}

/**
 * An ACME store is a file with one writer: more replicas, or two during an update, would corrupt it, or ask for each certificate twice.
 * Without one there are two, on two machines.
 */
function deployment({ authority, persistence, schedulableNodes }: TraefikConfiguration): Inputs {
  if (authority !== undefined)
    return {
      deployment: { kind: "Deployment", replicas: 1, ...prepareStore(authority, persistence === undefined) },
      updateStrategy: { type: "Recreate" },
    };
  const replicas = schedulableNodes > 1 ? 2 : 1;
  return {
    deployment: { kind: "Deployment", replicas },
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    affinity: machinesApart("traefik"),
  };
}

/** Whether names are served by HTTPS, and HTTP leads there. */
function isEncrypted({ authority, certificateSecret }: TraefikConfiguration): boolean {
  return authority !== undefined || certificateSecret !== undefined;
}

/** What the encrypted entry point's routes get where they say nothing; `{}`: the default certificate. */
const routeTls = ({ authority }: TraefikConfiguration): { readonly certResolver?: string } =>
  authority === undefined ? {} : { certResolver: certificateResolver };

function dashboard(host: string, configuration: TraefikConfiguration): Inputs {
  const encrypted = isEncrypted(configuration);
  const { dashboardMiddleware } = traefikNames;
  return {
    ingressRoute: {
      dashboard: {
        enabled: true,
        matchRule: `Host(\`${host}\`)`,
        entryPoints: [encrypted ? "websecure" : "web"],
        middlewares: [{ name: dashboardMiddleware }],
        ...(encrypted ? { tls: routeTls(configuration) } : {}),
      },
    },
  };
}

const customResource = (kind: string, name: string, spec: Inputs) => ({
  apiVersion: "traefik.io/v1alpha1",
  kind,
  metadata: { name },
  spec,
});

const halfYearSeconds = 180 * 24 * 3_600;

/**
 * What answers of all applications are sent with, and how TLS is spoken with all of them; the `default` TLSOption is for whom names
 * no other. In the chart and not beside it: the kinds are only there once the chart is.
 */
function customResources(configuration: TraefikConfiguration): Inputs[] {
  const { strictTransport = false, dashboard } = configuration;
  const { dashboardMiddleware, dashboardUsers, securityHeaders } = traefikNames;
  const headers = {
    contentTypeNosniff: true,
    // An application's own pages may be in its frames.
    customFrameOptionsValue: "SAMEORIGIN",
    referrerPolicy: "strict-origin-when-cross-origin",
    ...(strictTransport ? { stsSeconds: halfYearSeconds } : {}),
  };
  const users = { basicAuth: { secret: dashboardUsers, removeHeader: true } };
  const tls = { minVersion: "VersionTLS12", cipherSuites: strongCiphers };
  return [
    ...(dashboard === undefined ? [] : [customResource("Middleware", dashboardMiddleware, users)]),
    customResource("Middleware", securityHeaders, { headers }),
    ...(isEncrypted(configuration) ? [customResource("TLSOption", "default", tls)] : []),
  ];
}

/** All routes of the entry point that applications are at. */
function everyRoute(configuration: TraefikConfiguration): Inputs {
  const entryPoint = isEncrypted(configuration) ? "websecure" : "web";
  const middleware = `${traefikNamespace}-${traefikNames.securityHeaders}@kubernetescrd`;
  return { additionalArguments: [`--entryPoints.${entryPoint}.http.middlewares=${middleware}`] };
}

function trust({ trusted: { forwardedHeaders, proxyProtocol } }: TraefikConfiguration): Inputs {
  return {
    ...(forwardedHeaders.length === 0 ? {} : { forwardedHeaders: { trustedIPs: forwardedHeaders } }),
    ...(proxyProtocol.length === 0 ? {} : { proxyProtocol: { trustedIPs: proxyProtocol } }),
  };
}

/**
 * The chart's values. Keys that the chart silently ignores (`service.type`, `service.loadBalancerIP`) are not used; each one
 * here was seen in the rendered objects.
 */
export function traefikValues(configuration: TraefikConfiguration): Inputs {
  const { address, authority, certificateSecret, loadBalancer, externalTrafficPolicy, subnet } = configuration;
  const { dnsCredentialsSecret } = configuration;
  const encrypted = isEncrypted(configuration);
  return {
    image: traefikImage,
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    ...deployment(configuration),
    ingressClass: { enabled: true, isDefaultClass: true, name: "traefik" },
    providers: {
      kubernetesIngress: { enabled: true, publishedService: { enabled: loadBalancer } },
      kubernetesCRD: { enabled: true },
    },
    ports: {
      web: {
        ...(encrypted
          ? { http: { redirections: { entryPoint: { to: "websecure", scheme: "https", permanent: true } } } }
          : {}),
        ...trust(configuration),
      },
      websecure: {
        ...trust(configuration),
        http: { tls: { enabled: true, ...routeTls(configuration) } },
      },
    },
    service: {
      annotations: address === undefined ? {} : { "metallb.io/loadBalancerIPs": address },
      // Local: the client's own address arrives, and only the node that runs Traefik announces.
      spec: loadBalancer ? { type: "LoadBalancer", externalTrafficPolicy } : { type: "NodePort" },
    },
    resources: { requests: { cpu: "50m", memory: "96Mi" }, limits: { memory: "256Mi" } },
    priorityClassName: "system-cluster-critical",
    extraObjects: customResources(configuration),
    ...everyRoute(configuration),
    ...(subnet === undefined ? {} : { nodeSelector: { [subnetLabel]: subnetLabelValue(subnet) } }),
    ...(authority === undefined ? {} : { ...certificates(authority), ...store(configuration) }),
    ...(dnsCredentialsSecret === undefined ? {} : { envFrom: [{ secretRef: { name: dnsCredentialsSecret } }] }),
    ...(certificateSecret === undefined
      ? {}
      : { tlsStore: { default: { defaultCertificate: { secretName: certificateSecret } } } }),
    ...(configuration.dashboard === undefined ? {} : dashboard(configuration.dashboard.host, configuration)),
  };
}
