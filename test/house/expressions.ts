/**
 * How long a regular expression may search, worked out from its text: no measuring, so no machine can disagree.
 *
 * JavaScript tries one way after the other. What it can need at worst is told by the automaton of the expression
 * (Weideman and others, "Analyzing Matching Time Behavior of Backtracking Regular Expression Matchers", CIAA 2016):
 *
 * - a place that leads back to itself in two ways over the same text: every repetition doubles the ways;
 * - two places, each of which leads back to itself over a text that also leads from the first to the second: every
 *   repetition may be divided between the two anywhere. The first may be the search itself, which begins anew at every
 *   character, like `/\/+$/`.
 *
 * ```ts
 * troubleOf(/^(a+)+$/) // 'exponential'
 * troubleOf(/ ?Did you mean .*\?/s) // 'quadratic or worse'
 * troubleOf(/https?:\/\/\S+/g) // null: at most linear, because what it has found is never given back
 * ```
 *
 * A lookaround is taken as a way that leads nowhere, so it is judged too.
 */

export type Trouble = 'exponential' | 'quadratic or worse';

type Places = readonly [number, number, number];

/** Part of an expression, as an automaton whose places are its characters (Glushkov's). */
interface Part {
  readonly isEmpty: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
  /** The same where no assertion, which may say no, stands between and the end. */
  readonly isFreelyEmpty: boolean;
  readonly freeLast: readonly number[];
}

const NOTHING: Part = { isEmpty: true, first: [], last: [], isFreelyEmpty: true, freeLast: [] };
const ASSERTION: Part = { ...NOTHING, isFreelyEmpty: false };

/** What one search of this expression can cost beyond the length of its text; null: no more than that. */
export function troubleOf({ source, flags }: RegExp): Trouble | null {
  /** The character class of each place, as its own source. */
  const classes: string[] = [];
  /** Where each place leads to. */
  const next: number[][] = [];
  let isTwofold = false;
  let at = 0;

  /** Whether every alternative is tried at the start of the text only. */
  let isAnchored = !flags.includes('m');

  const whole = alternatives(true);
  if (at < source.length)
    throw new Error(`/${source}/ has a part that is not understood: ${source.slice(at)}`);
  if (!isAnchored) {
    const search = place('[^]');
    connect([search], [search, ...whole.first]);
  }
  const symbols = alphabetOf(classes, flags);
  const safe = new Set(whole.freeLast);
  const reach = reachability(next);
  const loops = [...next.keys()].filter((from) => reach[from]?.has(from) && !safe.has(from));

  if (isTwofold || loops.some(isAmbiguous)) return 'exponential';
  return loops.some((one) => loops.some((other) => one !== other && canShare(one, other)))
    ? 'quadratic or worse'
    : null;

  /** Two ways from a place to itself over the same text. */
  function isAmbiguous(origin: number): boolean {
    const isPartOf = (to: number) => reach[to]?.has(origin) === true && !safe.has(to);
    return search([origin, origin, 0], ([one, other, apart]) =>
      pairsFrom([one, other])
        .filter((pair) => pair.every(isPartOf))
        .map(([first, second]): Places => [first, second, apart || Number(first !== second)]),
    )([origin, origin, 1]);
  }

  /** A text that leads from each of two places to itself, and from the one to the other. */
  function canShare(one: number, other: number): boolean {
    return search([one, one, other], (places) =>
      stepsFrom(places).filter(([first, , third]) => reach[first]?.has(one) && reach[third]?.has(other)),
    )([one, other, other]);
  }

  function pairsFrom([one, other]: readonly [number, number]): [number, number][] {
    return stepsFrom([one, other, other]).flatMap(([first, second, third]) =>
      second === third ? [[first, second] as [number, number]] : [],
    );
  }

  /** Where three places lead to by one and the same character. */
  function stepsFrom(places: Places): Places[] {
    const [firsts, seconds, thirds] = places.map((from) => next[from] ?? []) as [
      number[],
      number[],
      number[],
    ];
    return firsts.flatMap((first) =>
      seconds.flatMap((second) =>
        thirds.flatMap((third) =>
          symbols.some((symbol) => symbol[first] && symbol[second] && symbol[third])
            ? [[first, second, third] as const]
            : [],
        ),
      ),
    );
  }

  function alternatives(isOutermost = false): Part {
    const parts: Part[] = [];
    do {
      if (parts.length > 0) at += 1;
      if (isOutermost && source[at] !== '^') isAnchored = false;
      parts.push(sequence());
    } while (source[at] === '|');
    return {
      isEmpty: parts.some(({ isEmpty }) => isEmpty),
      first: parts.flatMap(({ first }) => first),
      last: parts.flatMap(({ last }) => last),
      isFreelyEmpty: parts.some(({ isFreelyEmpty }) => isFreelyEmpty),
      freeLast: parts.flatMap(({ freeLast }) => freeLast),
    };
  }

  function sequence(): Part {
    let part = NOTHING;
    while (at < source.length && source[at] !== '|' && source[at] !== ')') part = joined(part, repeated());
    return part;
  }

  function joined(one: Part, other: Part): Part {
    connect(one.last, other.first);
    return {
      isEmpty: one.isEmpty && other.isEmpty,
      first: one.isEmpty ? [...one.first, ...other.first] : one.first,
      last: other.isEmpty ? [...one.last, ...other.last] : other.last,
      isFreelyEmpty: one.isFreelyEmpty && other.isFreelyEmpty,
      freeLast: other.isFreelyEmpty ? [...one.freeLast, ...other.freeLast] : other.freeLast,
    };
  }

  function repeated(): Part {
    const start = at;
    const part = atom();
    const [text, least, most] = quantifier();
    if (text === '') return part;
    let whole = NOTHING;
    // Each time is written out, the unbounded rest as a loop around the last.
    const copies = most === Number.POSITIVE_INFINITY ? Math.max(1, least) : most;
    const after = at;
    for (let count = 0; count < copies; count += 1) {
      at = start;
      const copy = count === 0 ? part : atom();
      if (count === copies - 1 && most === Number.POSITIVE_INFINITY) connect(copy.last, copy.first);
      const isOptional = count >= least;
      whole = joined(whole, isOptional ? { ...copy, isEmpty: true, isFreelyEmpty: true } : copy);
    }
    at = after;
    return whole;
  }

  function quantifier(): [text: string, least: number, most: number] {
    const [text = '', simple, least, comma, most] =
      /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(source.slice(at)) ?? [];
    at += text.length;
    if (simple !== undefined) {
      return [text, simple === '+' ? 1 : 0, simple === '?' ? 1 : Number.POSITIVE_INFINITY];
    }
    const unbounded = comma === ',' && most === '';
    return [text, Number(least), unbounded ? Number.POSITIVE_INFINITY : Number(most || least)];
  }

  function atom(): Part {
    const rest = source.slice(at);
    const assertion = /^(?:\^|\$|\\b|\\B)/.exec(rest);
    if (assertion !== null) {
      at += assertion[0].length;
      return ASSERTION;
    }
    const group = /^\((?:\?(?::|<?[=!]|<\w+>))?/.exec(rest)?.[0];
    if (group !== undefined) {
      at += group.length;
      const inside = alternatives();
      at += 1;
      return /[=!]$/.test(group) ? { ...ASSERTION, first: inside.first } : inside;
    }
    const single = /^(?:\[(?:\\.|[^\]\\])*\]|\\[pP]\{[^}]+\}|\\u[\da-f]{4}|\\x[\da-f]{2}|\\[^1-9k]|[^\\])/i;
    const text = single.exec(rest)?.[0];
    if (text === undefined) throw new Error(`/${source}/ has a part that is not understood: ${rest}`);
    at += text.length;
    const here = [place(text)];
    return { isEmpty: false, first: here, last: here, isFreelyEmpty: false, freeLast: here };
  }

  function place(text: string): number {
    next.push([]);
    return classes.push(text) - 1;
  }

  function connect(from: readonly number[], to: readonly number[]): void {
    for (const one of from) {
      for (const other of to) {
        if (next[one]?.includes(other)) isTwofold = true;
        else next[one]?.push(other);
      }
    }
  }
}

/** For each character that makes a difference: which classes have it. */
function alphabetOf(classes: readonly string[], flags: string): boolean[][] {
  const tests = classes.map((one) => new RegExp(`^${one}$`, flags.replace(/[gy]/g, '')));
  const characters = [...Array(0x180).keys(), 0x2028, 0xd800, 0xffff].map((code) =>
    String.fromCharCode(code),
  );
  const symbols = new Map<string, boolean[]>();
  for (const character of characters) {
    const symbol = tests.map((one) => one.test(character));
    symbols.set(symbol.join(), symbol);
  }
  return [...symbols.values()];
}

/** From which place one comes to which, by one character or more. */
function reachability(next: readonly (readonly number[])[]): ReadonlySet<number>[] {
  return next.map((_, from) => {
    const found = new Set<number>();
    const open = [from];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      for (const to of next[place] ?? []) if (!found.has(to) && found.add(to)) open.push(to);
    }
    return found;
  });
}

/** Whether one comes from here to there, by one step or more. */
function search(from: Places, stepsFrom: (places: Places) => Places[]) {
  return (to: Places): boolean => {
    const seen = new Set<string>();
    const open: Places[] = [from];
    for (let places = open.pop(); places !== undefined; places = open.pop()) {
      for (const step of stepsFrom(places)) {
        if (step.join() === to.join()) return true;
        if (seen.has(step.join())) continue;
        seen.add(step.join());
        open.push(step);
      }
    }
    return false;
  };
}
