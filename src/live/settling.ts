/** Waiting for something to settle, and not for ever. */

/** Somebody waits. */
export interface Settling {
  /** Settles with `settle()`, and soon in any case. */
  readonly promise: Promise<void>;
  readonly settle: () => void;
}

/** Begins to wait, for `patience` milliseconds at most. */
export function createSettling(patience: number): Settling {
  let settle = () => {};
  const promise = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, patience);
    settle = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { promise, settle };
}
