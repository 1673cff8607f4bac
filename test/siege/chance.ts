/** Chance that can be repeated: everything drawn from one seed is the same on every machine. */

/** Draws. Of two hands that draw at once each has a chance of its own, so that neither depends on the other's pace. */
export interface Chance {
  /** From 0 to below 1. */
  share(): number;
  /** A whole number from 0 to below `end`. */
  whole(end: number): number;
  /** True in `share` of all draws. */
  happens(share: number): boolean;
  /** One of them. */
  of<Item>(items: readonly Item[]): Item;
  /** A chance of its own, the same for the same name. */
  named(name: number): Chance;
}

/** Makes a chance of a seed (mulberry32, see: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c). */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const share = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (end: number) => Math.floor(share() * end);
  return {
    share,
    whole,
    happens: (wanted) => share() < wanted,
    of(items) {
      if (items.length === 0) throw new Error('There is nothing to draw from.');
      return items[whole(items.length)] as (typeof items)[number];
    },
    named: (name) => createChance(Math.imul(seed ^ 0x9e3779b9, 2 * name + 1)),
  };
}
