/** What the exit code of `earshot` says. A signal gives 128 and its number, as in a shell. */
export const EXIT = {
  /** Everything was done. */
  done: 0,
  /** Something could not be read; the rest was done. */
  failed: 1,
  /** The command line makes no sense; nothing was done. */
  usage: 2,
  interrupted: 130,
  terminated: 143,
} as const;
