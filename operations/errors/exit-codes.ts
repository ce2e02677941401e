/** What every command of grappe ends with. */
export const exitCodes = {
  done: 0,
  /** The run failed. */
  failed: 1,
  /** Wrong usage, or settings that were refused: nothing was touched. */
  refused: 2,
  /** Ended from outside, such as by Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
