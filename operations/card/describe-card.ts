import type { CardResult } from "./card.ts";

/** What a person is told (pure) of a card that was written. */
export function describeCard(stack: string, result: CardResult): readonly string[] {
  const { host, image, user, address, written, fingerprint, remaining } = result;
  const pinned = fingerprint === undefined ? [] : [`  host key  ${fingerprint}, pinned in Pulumi.${stack}.yaml`];
  return [
    `The card of ${host} is ready. On it is ${image}.`,
    `  ssh       ${user}@${address}`,
    ...pinned,
    `  written   ${written.length === 0 ? "nothing: all was so already" : written.join(", ")}`,
    ...(fingerprint === undefined
      ? []
      : [
          "Until the first boot the card holds the host's private key: guard it. The first boot takes it away from there.",
        ]),
    `Unmount the card, put it into ${host} and switch it on.${remaining.length === 0 ? ` ./grappe up ${stack} knows it then.` : ""}`,
    ...(remaining.length === 0
      ? []
      : ["What this image can't be told by its card:", ...remaining.map((each) => `  - ${each}`)]),
  ];
}
