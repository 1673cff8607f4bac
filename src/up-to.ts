/** How a cache is told how many it may keep. */

/** For `lru-cache`: so many entries at most. It grows, where a `max` would have all its room from the start. */
export function upTo(most: number): { readonly maxSize: number; readonly sizeCalculation: () => number } {
  return { maxSize: most, sizeCalculation: one };
}

function one(): number {
  return 1;
}
