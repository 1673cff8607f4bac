/** Telling those whose defects are their own: nobody waits for what they do, so that nobody would catch what they throw. */

/** Does it, or notes what it threw: that ends neither whoever tells, nor the process. */
export function orNoted(work: () => void, noteDefect: (error: unknown) => void): void {
  try {
    work();
  } catch (error) {
    noteDefect(error);
  }
}
