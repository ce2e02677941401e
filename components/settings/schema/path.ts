import { z } from "zod";
import { cnis } from "../../cluster/cni/manifests.ts";

const isPlain = (text: string) =>
  /^(\/[A-Za-z0-9._+@-]+)+$/.test(text) && !text.split("/").some((part) => part === "." || part === "..");

/** Folders that hold others; data of ours may have one of its own in them. */
const commonFolders = ["home", "root", "var", "var/lib", "var/lib/grappe"];

/**
 * Folders of the system, of Kubernetes and of grappe itself. What lies in them belongs to others, is gone with a reboot or a clean-up of
 * temporary files, or is deleted by the teardown (components/host/cleanup).
 */
const occupiedFolders = [
  ...["bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "proc", "run", "sbin", "sys", "tmp", "usr"],
  ...["cache", "lock", "log", "run", "spool", "tmp"].map((name) => `var/${name}`),
  ...["apt", "cloud", "cni", "containerd", "docker", "dpkg", "etcd", "kubelet", "nfs", "rancher", "systemd"].map(
    (name) => `var/lib/${name}`,
  ),
  ...["opt/cni", "opt/containerd"],
  ...Object.values(cnis).flatMap(({ folders }) => folders),
];

function isTaken(path: string): boolean {
  const isIn = (folder: string) => path === `/${folder}` || path.startsWith(`/${folder}/`);
  // All there is grappe's own, but for the folder of volumes, which is the default.
  if (isIn("var/lib/grappe")) return !isIn("var/lib/grappe/volumes");
  return occupiedFolders.some(isIn) || commonFolders.includes(path.slice(1));
}

/**
 * A folder on a host that holds data of ours, such as `/srv/nfs`. Blanks, quotes and brackets mean something in /etc/exports
 * (exports(5)) and in lists of paths.
 */
export const dataFolder = z
  .string()
  .refine(
    isPlain,
    "not a folder; write an absolute path of letters, digits, dots, hyphens and underscores, without a slash at its end, such as /srv/nfs",
  )
  .refine(
    (text) => !isTaken(text),
    "a folder of the system's or grappe's own; write one for these data alone, such as /srv/nfs",
  );

/** A path that an NFS server exports; `/` is the root of its version 4. */
export const exportedPath = z
  .string()
  .refine(
    (text) => text === "/" || isPlain(text),
    "not an exported path; write an absolute path of letters, digits, dots, hyphens and underscores, such as /mnt/pool1/kube-files",
  );
