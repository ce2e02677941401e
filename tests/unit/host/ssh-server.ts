import ssh2, { type Connection, type Server } from "ssh2";
import { newSshKeyPair, type SshKeyPair } from "../../../components/host/ssh-key-pair.ts";

/** What a machine answers to a command: its output, and 0; or how the command fails, and why. */
export type Answer = (command: string, input: string) => string | { readonly code: number; readonly stderr: string };

/** An SSH server on loopback that lets in who has `login`, and answers commands. */
export class SshMachine {
  readonly hostKey: SshKeyPair;
  readonly login: SshKeyPair;
  /** What it was asked, with what came on stdin. */
  readonly commands: { command: string; input: string }[] = [];
  port = 0;
  readonly #server: Server;

  constructor(answer: Answer = () => "", hostKey = newSshKeyPair(), login = newSshKeyPair()) {
    this.hostKey = hostKey;
    this.login = login;
    this.#server = new ssh2.Server({ hostKeys: [hostKey.privateKey] }, (client) => this.#serve(client, answer));
  }

  #serve(client: Connection, answer: Answer): void {
    client.on("error", () => undefined);
    client.on("authentication", (context) => {
      const isOurs =
        context.method === "publickey" && context.key.data.toString("base64") === this.login.publicKey.split(" ")[1];
      if (isOurs) context.accept();
      else context.reject(["publickey"]);
    });
    client.on("session", (accept) => {
      accept().on("exec", (take, _refuse, { command }) => {
        const channel = take();
        let input = "";
        channel.on("data", (chunk: Buffer) => {
          input += chunk.toString();
        });
        channel.on("end", () => {
          this.commands.push({ command, input });
          const answered = answer(command, input);
          if (typeof answered === "string") channel.write(answered);
          else channel.stderr.write(answered.stderr);
          channel.exit(typeof answered === "string" ? 0 : answered.code);
          channel.end();
        });
      });
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    this.port = address.port;
    return this;
  }

  stop(): void {
    this.#server.close();
  }
}
