/** Many reads at once. */

/** Every answer in its place: a read that fails fails alone. */
export async function settled<Value>(reads: readonly Promise<Value>[]): Promise<(Value | Error)[]> {
  const results = await Promise.allSettled(reads);
  return results.map((result) => (result.status === 'fulfilled' ? result.value : asError(result.reason)));
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('A read failed without an error.', { cause: reason });
}
