/** What a JSON value, a text or a header may become on an odd day. */
import type { Chance } from './chance.ts';

/** Texts that somebody's program has stumbled over before. */
export const ODD_TEXTS: readonly string[] = [
  '',
  ' ',
  '\u0000',
  '~',
  '..',
  '../../extension/~',
  'a/b?c=d#e',
  '%00%zz',
  'null',
  'undefined',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '-1',
  '1e999',
  '2147483648',
  '275760-09-13T00:00:00.001Z',
  '0000-00-00T00:00:00Z',
  'true',
  '[]',
  '"',
  '\\',
  '\r\nX-Injected: yes',
  '\ud800',
  '\u202eelpoep',
  '𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🎧',
  '+12025550147',
  '<script>alert(1)</script>',
  '{{7*7}}',
  'x'.repeat(5_000),
  '+'.repeat(2_000),
  'Bearer '.repeat(300),
];

/** JSON texts, because some of them can only be written as text. */
const ODD_JSON: readonly string[] = [
  'null',
  'true',
  '0',
  '-1',
  '1e400',
  '9007199254740993',
  '1.5',
  '""',
  '[]',
  '{}',
  '[null]',
  '[[[]]]',
  '{"toString":1}',
  '{"valueOf":null,"toString":null}',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"length":1000000000}',
  '{"then":1}',
  `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
  `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`,
];

/** A value that nobody expects. */
export function oddValue(chance: Chance): unknown {
  return chance.happens(0.4) ? chance.of(ODD_TEXTS) : JSON.parse(chance.of(ODD_JSON));
}

/** The value with a few of its places changed, left out or doubled; what was given stays as it was. */
export function spoilValue(value: unknown, chance: Chance, share = 0.04): unknown {
  if (chance.happens(share)) return oddValue(chance);
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      if (chance.happens(share)) return [];
      const spoilt = spoilValue(item, chance, share);
      return chance.happens(share) ? [spoilt, spoilt] : [spoilt];
    });
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      if (chance.happens(share)) return [];
      const odd = chance.happens(share / 4) ? [[chance.of(ODD_TEXTS), oddValue(chance)]] : [];
      return [[name, spoilValue(item, chance, share)], ...odd];
    }),
  );
}

/** The text with a piece cut, doubled, moved or put in. */
export function spoilText(text: string, chance: Chance, pieces: readonly string[] = ODD_TEXTS): string {
  let spoilt = text;
  for (let times = 1 + chance.whole(3); times > 0; times -= 1) {
    const from = chance.whole(spoilt.length + 1);
    const to = Math.min(spoilt.length, from + chance.whole(12));
    const [before, piece, after] = [spoilt.slice(0, from), spoilt.slice(from, to), spoilt.slice(to)];
    spoilt = chance.of([
      before + after,
      before + piece + piece + after,
      before + chance.of(pieces) + after,
      after + before,
      before,
    ]);
  }
  return spoilt;
}

/** Headers by which RingCentral steers its clients, with values that it has never sent. */
export function oddHeaders(chance: Chance): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let times = 1 + chance.whole(3); times > 0; times -= 1) {
    const [name, values] = chance.of(ODD_HEADERS);
    headers[name] = chance.of(values);
  }
  return headers;
}

const NUMBERS = [
  '-1',
  '0',
  '1',
  '50',
  '2200000',
  '1e9',
  '1e400',
  'NaN',
  'Infinity',
  '0x10',
  '1,2',
  '',
  ' ',
  'soon',
];

const ODD_HEADERS: readonly (readonly [string, readonly string[]])[] = [
  ['X-Rate-Limit-Limit', NUMBERS],
  ['X-Rate-Limit-Remaining', NUMBERS],
  ['X-Rate-Limit-Window', NUMBERS],
  ['X-Rate-Limit-Group', ['light', 'heavy', 'auth', '__proto__', 'constructor', '', 'x'.repeat(300)]],
  [
    'Retry-After',
    ['0', '-5', '1', '1e9', 'NaN', 'Fri, 31 Dec 9999 23:59:59 GMT', 'Thu, 01 Jan 1970 00:00:00 GMT', 'later'],
  ],
  ['Date', ['Sat, 13 Sep 275760 00:00:00 GMT', 'Thu, 01 Jan 1970 00:00:00 GMT', 'yesterday', '', '1e999']],
  ['Content-Type', ['text/html', 'application/json;charset=utf-16', 'application/octet-stream', '', 'x']],
  ['RCRequestId', ['', 'x'.repeat(2_000), '__proto__', '\u00ff\u00fe']],
  ['WWW-Authenticate', ['Bearer', 'Bearer error="invalid_token"', 'Basic', '"']],
  ['Connection', ['close', 'upgrade', 'keep-alive, close']],
  ['Keep-Alive', ['timeout=0', 'timeout=-1', 'max=0']],
];
