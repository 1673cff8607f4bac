/** Things that are started one after the other, and ended together. */

/**
 * Starts what a test needs of several parts: each that is handed to `keep` is ended with the whole, the last one first,
 * and at once when one after it could not be started.
 */
export async function allOrNothing<Whole extends object>(
  start: (keep: <Part extends AsyncDisposable>(part: Part) => Part) => Promise<Whole>,
): Promise<Whole & AsyncDisposable> {
  const parts: AsyncDisposable[] = [];
  const end = async () => {
    for (const part of parts.splice(0).reverse()) await part[Symbol.asyncDispose]();
  };
  try {
    const whole = await start((part) => {
      parts.push(part);
      return part;
    });
    return { ...whole, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Something that ends like this. */
export function ending(end: () => unknown): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
}
