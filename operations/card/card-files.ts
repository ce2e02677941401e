import type { SshKeyPair } from "../../components/host/ssh-key-pair.ts";
import { type BootPartition, commandLineFiles, type FirstBootFormat } from "./boot-partition.ts";
import type { CardHost } from "./card-host.ts";
import { customToml } from "./custom-toml.ts";
import { withMemoryCgroup } from "./kernel-command-line.ts";
import { metaData } from "./meta-data.ts";
import { networkConfig } from "./network-config.ts";
import { userData } from "./user-data.ts";

/** A file of a boot partition, by its path in it. */
export interface CardFile {
  readonly path: string;
  readonly text: string;
  /** Nobody but its owner may read it, where the file system knows owners; FAT doesn't. */
  readonly isPrivate: boolean;
}

/** The files that a card gets (pure); those that say so already are among them. */
export function cardFiles(
  format: FirstBootFormat,
  host: CardHost,
  hostKey: SshKeyPair,
  { texts }: BootPartition,
): readonly CardFile[] {
  const open = (path: string, text: string): CardFile => ({ path, text, isPrivate: false });
  const commandLines = commandLineFiles.flatMap((path) => {
    const text = texts[path];
    return text === undefined ? [] : [open(path, withMemoryCgroup(text))];
  });
  if (format === "custom.toml") return [...commandLines, open("custom.toml", customToml(host))];
  const data = userData(host, hostKey);
  const network = networkConfig(host);
  return [
    ...commandLines,
    { path: "user-data", text: data, isPrivate: true },
    open("network-config", network),
    // Last: without it cloud-init takes nothing of the rest.
    open("meta-data", metaData(host.name, [data, network])),
  ];
}
