import { z } from "zod";

/** What the kernel, the container runtime or the kubelet puts into every container. */
const occupied = ["/proc", "/sys", "/dev"];
const filesOfKubelet = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"];

/** A path in a container at which something is mounted, such as `/var/lib/data`. */
export const containerPath = z
  .string()
  .refine(
    (text) =>
      text.length <= 200 &&
      /^(\/[A-Za-z0-9._+@-]+)+$/.test(text) &&
      !text.split("/").some((part) => part === "." || part === ".."),
    "not a path in a container; write an absolute one of letters, digits, dots, hyphens and underscores, without a slash at its end, such as /var/lib/data",
  )
  .refine(
    (text) =>
      !filesOfKubelet.includes(text) && !occupied.some((folder) => text === folder || text.startsWith(`${folder}/`)),
    "a path of the container's own system; choose another one",
  );
