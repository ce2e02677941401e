import { loadProgram } from "../../host/script.ts";
import type { BundleImage } from "../bundle-images.ts";

/** Runs on the node: before it joins, and every minute. */
export const keepImagesScript = loadProgram(import.meta.url, "./keep-images.sh");

/** Which images it keeps: archive and reference, a line each. */
export function keptImages(images: readonly Pick<BundleImage, "file" | "reference">[]): string {
  return images.map(({ file, reference }) => `${file} ${reference}\n`).join("");
}

export const keepImagesService = `[Unit]
Description=grappe: the bundle's images stay
After=containerd.service

[Service]
Type=oneshot
Environment=LC_ALL=C.UTF-8
ExecStart=/usr/local/lib/grappe/keep-images
`;

export const keepImagesTimer = `[Unit]
Description=grappe: the bundle's images stay, looked at again and again

[Timer]
OnBootSec=20s
OnUnitActiveSec=1min
AccuracySec=5s

[Install]
WantedBy=timers.target
`;
