/** No text of a client or of RingCentral may cost more time than its length: every regular expression is judged. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { parseAst } from 'vite';
import { describe, expect, test } from 'vitest';
import { troubleOf } from './expressions.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Found {
  readonly expressions: RegExp[];
  /** Expressions made of text, which nobody can judge here. */
  readonly made: number;
}

/** The regular expressions of a source. */
async function expressionsOf(source: string): Promise<Found> {
  const { code } = await transform(source, { loader: 'ts', target: 'esnext' });
  const expressions: RegExp[] = [];
  let made = 0;
  // A walk over everything, because a literal may stand anywhere.
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('regex' in node) {
      const { pattern, flags } = node.regex as { pattern: string; flags: string };
      expressions.push(new RegExp(pattern, flags));
    }
    if ('type' in node && 'name' in node && node.type === 'Identifier' && node.name === 'RegExp') made += 1;
    for (const part of Object.values(node)) walk(part);
  };
  walk(parseAst(code));
  return { expressions, made };
}

const files = ['schema', 'src'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file)),
);

describe('The regular expressions of the house', () => {
  test('take at most linear time, whatever text they are given', async () => {
    const found: string[] = [];
    const slow: string[] = [];
    for (const file of files) {
      const { expressions } = await expressionsOf(readFileSync(join(root, file), 'utf8'));
      for (const expression of expressions) {
        const trouble = troubleOf(expression);
        found.push(String(expression));
        if (trouble !== null) slow.push(`${file}: ${expression} is ${trouble}`);
      }
    }
    expect(slow).toEqual([]);
    // That the search finds what is there.
    expect(found).toContain(String(/[\p{Cc}\p{Cs}\s]/u));
    expect(found.length).toBeGreaterThan(20);
  });

  test('are all written out, so that they can be judged', async () => {
    const withMade: string[] = [];
    for (const file of files) {
      const { made } = await expressionsOf(readFileSync(join(root, file), 'utf8'));
      if (made > 0) withMade.push(file);
    }
    expect(withMade).toEqual([]);
  });
});

describe('The judge of expressions', () => {
  test.each([
    [/ ?Did you mean .*\?/s, 'quadratic or worse'],
    [/\/+$/, 'quadratic or worse'],
    [/\s+$/, 'quadratic or worse'],
    [/^a|b+$/, 'quadratic or worse'],
    [/^p-(.+)-(.+)-\d+$/, 'quadratic or worse'],
    [/^\d*\d*x$/, 'quadratic or worse'],
    [/a.*b.*c/, 'quadratic or worse'],
    [/x(?=\w*!)/, 'quadratic or worse'],
    [/"""[\s\S]*?"""/g, 'quadratic or worse'],
    [/\d{3,}x/, 'quadratic or worse'],
    [/^(a+)+$/, 'exponential'],
    [/^(a|a)*b/, 'exponential'],
    [/^(\w+\s?)*$/, 'exponential'],
    [/^([ab]|\w)*!/, 'exponential'],
  ])('knows that %s is slow', (expression, trouble) => {
    expect(troubleOf(expression)).toBe(trouble);
  });

  test.each([
    [/https?:\/\/\S+/gi],
    [/\+?\d{7,}/g],
    [/(\+|%2B)\d{4,}(?=\d{3})/gi],
    [/(Bearer|Basic) +[\w.~+/=-]+/gi],
    [/^\d+(\.\d+)?$/],
    [/^p-(.+)-\d+$/],
    [/`[^`]*`/g],
    [/^\s*</],
    [/^(?:ab|cd)*$/],
    [/^a|^b+$/],
  ])('knows that %s is not', (expression) => {
    expect(troubleOf(expression)).toBe(null);
  });
});
