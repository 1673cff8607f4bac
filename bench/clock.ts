/** The machine's monotonic clock: the same in every process, so a delay can be taken from one to another. */

/** Microseconds since the machine started. */
export function microseconds(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000_000 + Math.floor(nanoseconds / 1_000);
}
