/** What a command wrote, without the last line's end: the outputs of a Command. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

export type Logging = "stdout" | "stderr" | "stdoutAndStderr" | "none";

/** Takes a command's two streams as they come: for its outputs, its error message and the log. */
export class OutputCollector {
  readonly #logged: (line: string) => void;
  readonly #logging: Logging;
  #both = "";
  #stdout = "";
  #stderr = "";
  #line = "";

  constructor(logging: Logging, logged: (line: string) => void) {
    this.#logging = logging;
    this.#logged = logged;
  }

  #log(text: string): void {
    const lines = `${this.#line}${text}`.split("\n");
    this.#line = lines.pop() ?? "";
    for (const line of lines) this.#logged(line);
  }

  stdout(text: string): void {
    this.#stdout += text;
    this.#both += text;
    if (this.#logging === "stdout" || this.#logging === "stdoutAndStderr") this.#log(text);
  }

  stderr(text: string): void {
    this.#stderr += text;
    this.#both += text;
    if (this.#logging === "stderr" || this.#logging === "stdoutAndStderr") this.#log(text);
  }

  get output(): CommandOutput {
    return { stdout: this.#stdout.replace(/\n$/, ""), stderr: this.#stderr.replace(/\n$/, "") };
  }

  /** The official provider's error: how it ended, the whole command, and all that it wrote. */
  failure(ending: string, command: string): Error {
    return new Error(`${ending}: running ${JSON.stringify(command)}:\n${this.#both}`);
  }
}
