/** Rules of what a state allows, each with the reason to show where it does not. */

/** Null when it is met, else why not, in words for the person at the desk. */
export type Rule<Facts> = (facts: Facts) => string | null;

/** Met when every rule is; the first that is not gives the reason. */
export function all<Facts>(...rules: readonly Rule<Facts>[]): Rule<Facts> {
  return (facts) => {
    for (const rule of rules) {
      const reason = rule(facts);
      if (reason !== null) return reason;
    }
    return null;
  };
}

/** Met when that is so. */
export function when<Facts>(met: (facts: Facts) => boolean, reason: string): Rule<Facts> {
  return (facts) => (met(facts) ? null : reason);
}
