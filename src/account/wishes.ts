/** What gateways wish of whoever leads: everything of an account, or what a row of its extensions does. */

/** What one gateway wishes of another. */
export interface AccountWish {
  readonly all: boolean;
  readonly row: readonly string[];
}

/** In words for others; null: nothing is wished. The same wish is always the same words. */
export function writeWish({ all, row }: AccountWish): string | null {
  if (!all && row.length === 0) return null;
  return JSON.stringify({ all, row: [...row].sort() } satisfies AccountWish);
}

/** What others wrote. */
export function readWishes(texts: readonly string[]): readonly AccountWish[] {
  return texts.map((text) => {
    const { all, row } = JSON.parse(text) as Partial<AccountWish>;
    return { all: all === true, row: Array.isArray(row) ? row.filter((id) => typeof id === 'string') : [] };
  });
}

/** True when both wish the same. */
export function areSameWishes(one: readonly AccountWish[], other: readonly AccountWish[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Everybody whom somebody looks at one by one. */
export function rowOf(own: ReadonlySet<string>, elsewhere: readonly AccountWish[]): ReadonlySet<string> {
  return elsewhere.length === 0 ? own : new Set([...own, ...elsewhere.flatMap(({ row }) => row)]);
}
