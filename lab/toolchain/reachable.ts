/** Where nothing answers, nobody should wait long for what comes instead. */
const probeMilliseconds = 3_000;

/** Whether a file can be downloaded from this computer; asked briefly. */
export async function isReachable(address: string): Promise<boolean> {
  return await fetch(address, { method: "HEAD", signal: AbortSignal.timeout(probeMilliseconds) }).then(
    (response) => response.ok,
    () => false,
  );
}
