/** What the benchmark found: one line for each goal. */
import { saySpread, spreadOf } from './statistics.ts';

export interface Finding {
  readonly work: string;
  /** What was measured, with its unit. */
  readonly measure: string;
  readonly ours: string;
  /** Who it is compared with, and what they gave. */
  readonly against: string;
  readonly result: string;
  /** Empty where there is none: the line only informs. */
  readonly goal: string;
  /** Null: no goal, or not measured in this run. */
  readonly met: boolean | null;
}

/** The rounds of one contestant: the same place in two lists is the same moment of the run. */
export interface Rounds {
  readonly name: string;
  readonly values: readonly number[];
}

interface Comparison {
  readonly work: string;
  readonly measure: string;
  readonly ours: Rounds;
  readonly theirs: Rounds;
}

/** Ours divided by theirs, round by round; without a goal it only informs. */
export function ratio(
  { work, measure, ours, theirs }: Comparison,
  goal?: { readonly least: number } | { readonly most: number },
): Finding {
  const quotients = spreadOf(ours.values.map((value, round) => value / (theirs.values[round] ?? Number.NaN)));
  return {
    work,
    measure,
    ours: saySpread(spreadOf(ours.values)),
    against: `${theirs.name}: ${saySpread(spreadOf(theirs.values))}`,
    result: `${saySpread(quotients)} ×`,
    goal: goal === undefined ? '' : 'least' in goal ? `≥ ${goal.least} ×` : `≤ ${goal.most} ×`,
    met:
      goal === undefined
        ? null
        : 'least' in goal
          ? quotients.median >= goal.least
          : quotients.median <= goal.most,
  };
}

/** A number of ours that must not be exceeded; without a goal it only informs. */
export function atMost(
  { work, measure, ours }: Omit<Comparison, 'theirs'>,
  most: number | null,
  against = '',
): Finding {
  const spread = spreadOf(ours.values);
  return {
    work,
    measure,
    ours: saySpread(spread),
    against,
    result: saySpread(spread),
    goal: most === null ? '' : `≤ ${most}`,
    met: most === null ? null : spread.median <= most,
  };
}

/** A line for what this run did not measure. */
export function notMeasured(work: string, measure: string, why: string): Finding {
  return { work, measure, ours: '', against: '', result: `not measured: ${why}`, goal: '', met: null };
}

/** A line for what went wrong: it counts as not met, whatever the other numbers say. */
export function failed(work: string, measure: string, what: string): Finding {
  return { work, measure, ours: '', against: '', result: what, goal: 'none of it', met: false };
}
