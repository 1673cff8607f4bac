/** Whole numbers in JSON that have more digits than a number of JavaScript. */

/** So many digits are never rounded. */
const SAFE_DIGITS = 15;

/**
 * The same JSON with its long whole numbers as texts, because `JSON.parse` would round them.
 *
 * ```ts
 * withLongNumbersAsText('{"bytes":9007199254740993}') // {"bytes":"9007199254740993"}
 * ```
 */
export function withLongNumbersAsText(json: string): string {
  if (!/\d{16}/.test(json)) return json;
  let isText = false;
  const parts = json.split('"').map((part) => {
    const wasText = isText;
    // A quote behind a backslash is part of the text, unless that backslash is itself behind one.
    if (!isText || backslashesAtEndOf(part) % 2 === 0) isText = !isText;
    return wasText ? part : part.replace(/[-\d][-+.\deE]*/g, quotedIfLong);
  });
  return parts.join('"');
}

function quotedIfLong(number: string): string {
  const isLong = number.length > SAFE_DIGITS && /^-?\d+$/.test(number);
  return isLong ? `"${number}"` : number;
}

function backslashesAtEndOf(part: string): number {
  let count = 0;
  while (part.charAt(part.length - 1 - count) === '\\') count += 1;
  return count;
}
