/** Tells what is going on, on stderr, with the seconds since the work began; stdout stays free for results. */
export interface Progress {
  /** Says what happens now. */
  step(message: string): void;
  /** Says what happens now and repeats the newest `message()` every ten seconds until `work` is done. */
  during<T>(message: () => string, work: Promise<T>): Promise<T>;
}

const repeatMilliseconds = 10_000;

/** Progress lines that begin with `subject`, such as `bundle: kubernetes 1.36.3: 212 of 1604 packages (41 s)`. */
export function progressOf(subject: string, write = (line: string): unknown => process.stderr.write(line)): Progress {
  const began = performance.now();
  const step = (message: string): void => {
    write(`${subject}: ${message} (${Math.round((performance.now() - began) / 1000)} s)\n`);
  };
  return {
    step,
    async during(message, work) {
      step(message());
      const timer = setInterval(() => step(message()), repeatMilliseconds);
      try {
        return await work;
      } finally {
        clearInterval(timer);
      }
    },
  };
}
