import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { RunError } from "@pulumi/pulumi/errors.js";

const attemptMilliseconds = 2_000;
const pauseMilliseconds = 100;

function greets(address: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: address, port: 22, timeout: attemptMilliseconds });
  const end = (isSsh: boolean): void => {
    socket.destroy();
    resolve(isSsh);
  };
  socket.once("data", (data) => end(data.toString("latin1").startsWith("SSH-2.0")));
  socket.once("error", () => end(false));
  socket.once("timeout", () => end(false));
  socket.once("close", () => end(false));
  return promise;
}

/** Waits until an SSH server greets at an address; throws after `seconds`. */
export async function sshAnswers(address: string, seconds: number): Promise<void> {
  const deadline = performance.now() + seconds * 1_000;
  while (!(await greets(address))) {
    if (performance.now() > deadline)
      throw new RunError(
        `No SSH server answered at ${address}:22 within ${seconds} s. Fix: see what the host says (podman exec -it HOST journalctl -b), or make it again.`,
      );
    await delay(pauseMilliseconds);
  }
}
