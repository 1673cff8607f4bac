/** Whole numbers in JSON that have more digits than a number of JavaScript. */

/** A text of JSON, or a whole number of 16 digits and more that stands outside of one. */
const TEXT_OR_LONG_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g;

/**
 * The same JSON with its long whole numbers as texts, because `JSON.parse` would round them.
 *
 * ```ts
 * withLongNumbersAsText('{"bytes":9007199254740993}') // {"bytes":"9007199254740993"}
 * ```
 */
export function withLongNumbersAsText(json: string): string {
  if (!/\d{16}/.test(json)) return json;
  return json.replace(TEXT_OR_LONG_NUMBER, (found) => (found.startsWith('"') ? found : `"${found}"`));
}
