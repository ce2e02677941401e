import { caRoot } from "./company-root.ts";
import type { RefusedValues } from "./reader-case.ts";

/** Settings of the platform that what reads them refuses. */
export const refusedOfPlatform: readonly RefusedValues[] = [
  [
    "an exported folder: exports(5), and the teardown",
    "pi",
    (path) => ({ "platform.storage.nfs.path": path }),
    [
      "/",
      "srv",
      "/srv/my files",
      "/srv/nfs/",
      "/srv//nfs",
      "/srv/../etc",
      "/etc",
      "/var/lib",
      "/var/lib/kubelet/x",
      '/srv/"a"',
      "/srv/a(b)",
      "/home",
    ],
  ],
  [
    "a folder for volumes",
    "pi",
    (path) => ({ "platform.storage.local": { path } }),
    [
      ...[
        "/",
        "/var/lib",
        "/usr/local/x",
        "/srv/#a",
        "/tmp/volumes",
        "/var/tmp/a",
        "/var/log/pods",
        "/opt/cni",
        "/opt/cni/x",
      ],
      ...["/var/lib/grappe", "/var/lib/grappe/images", "/var/lib/docker/volumes", "/var/cache/a", "/lib64/a", "/root"],
    ],
  ],
  [
    "an NFS server that exists: mount",
    "pi",
    (server) => ({ "platform.storage.nfs": { kind: "existing", server, path: "/x" } }),
    ["nas:/x", "nfs://nas", "a b", ""],
  ],
  [
    "an ACME directory",
    "dev",
    (caServer) => ({
      "platform.certificates": { authority: "letsEncrypt", environment: "staging", email: "a@b.de", caServer },
    }),
    [
      "ca.example.org",
      "http://ca.example.org/dir",
      "https://u:p@ca.example.org",
      "https://ca.example.org/dir?x",
      "ftp://a.b",
    ],
  ],
  [
    "an authority's root: Traefik's reader of PEM",
    "dev",
    (caRoot) => ({
      "platform.certificates": {
        ...{ authority: "letsEncrypt", environment: "staging", email: "a@b.de" },
        ...{ caServer: "https://ca.example.org/dir", caRoot },
      },
    }),
    ["", "root.pem", caRoot.replace("MII", "MI"), `${caRoot}\nx`, caRoot.replace("END", "BEGIN")],
  ],
  [
    "the dashboard's user: htpasswd",
    "dev",
    (user) => ({ "platform.ingress.dashboard.user": user }),
    ["a:b", "a b", "", "#a"],
  ],
  [
    "where databases are saved: barman's boto3",
    "pi",
    (s3) => ({ "platform.backup": { s3: { bucket: "shop", accessKey: "k", ...Object(s3) } } }),
    [
      { endpoint: "https://s3.example.org" },
      { bucket: "Shop" },
      { region: "eu central" },
      { folder: "/a" },
      { accessKey: "a b" },
      { certificateAuthority: "root.pem" },
      { encryption: "aes" },
    ],
  ],
  [
    "when they are saved: CloudNativePG's cron",
    "pi",
    (schedule) => ({ "platform.backup": { s3: { bucket: "shop", accessKey: "k" }, schedule } }),
    ["every day", "@daily", "0 0 3 * * *", "0 3 ? * *", "0 3 * * sat-sun", "*/0 * * * *"],
  ],
];
