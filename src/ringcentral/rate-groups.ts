/** The rate groups that RingCentral publishes, and what it documents of them. */
import type { RateRule } from '../upstream/rate-window.ts';

/** Each has a window of its own. */
export const RATE_GROUPS = ['Light', 'Medium', 'Heavy', 'Auth'] as const;
export type RateGroup = (typeof RATE_GROUPS)[number];

/** RingCentral's rule: one request too many is answered 429, and each further one restarts the penalty. */
export const RATE_RULE: RateRule & { readonly limits: Readonly<Record<RateGroup, number>> } = {
  system: 'RingCentral',
  limits: { Light: 50, Medium: 40, Heavy: 10, Auth: 5 },
  // Silence is what ends a penalty, so whoever can do without is told at once.
  longestWait: null,
};
