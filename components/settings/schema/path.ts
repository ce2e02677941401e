import { z } from "zod";

const isPlain = (text: string) =>
  /^(\/[A-Za-z0-9._+@-]+)+$/.test(text) && !text.split("/").some((part) => part === "." || part === "..");

/** Folders of the system. What lies in them belongs to others, and the teardown may delete what lies in ours. */
const systemFolders =
  /^\/(bin|boot|dev|etc|home|lib\d*|proc|root|run|sbin|sys|tmp|usr|var)$|^\/(dev|proc|sys|run|boot|etc|usr|bin|sbin|lib\d*)\/|^\/var\/(lib|log|cache|run|lock|spool|tmp)$|^\/var\/lib\/(kubelet|rancher|etcd|containerd|dpkg|apt|systemd)(\/|$)/;

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
    (text) => !systemFolders.test(text),
    "a folder of the system's own; write one for these data alone, such as /srv/nfs",
  );

/** A path that an NFS server exports; `/` is the root of its version 4. */
export const exportedPath = z
  .string()
  .refine(
    (text) => text === "/" || isPlain(text),
    "not an exported path; write an absolute path of letters, digits, dots, hyphens and underscores, such as /mnt/pool1/kube-files",
  );
