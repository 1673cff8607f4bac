/** The documents say what the code does: settings, codes, links, commands, and what changed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CloseCode } from 'graphql-ws';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { ERROR_CODES } from '../../schema/failures.ts';
import { schema } from '../../schema/index.ts';
import { InvalidSettings, readConfig, Settings } from '../../src/config.ts';
import * as closing from '../../src/server/closing.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('Error codes', () => {
  const known = [...ERROR_CODES].sort();

  test('are all explained in the schema', () => {
    expect(codesIn(schema.getQueryType()?.description ?? '')).toEqual(known);
  });

  test('are all in the table of README', () => {
    expect(codesIn(firstCells(section(read('README.md'), 'Ask')))).toEqual(known);
  });

  test('are all in the table of OPERATING.md', () => {
    const table = section(read('examples/OPERATING.md'), 'What an error code means');
    expect(codesIn(firstCells(table))).toEqual(known);
  });
});

describe('Settings', () => {
  const shape = z.toJSONSchema(Settings, { io: 'input', unrepresentable: 'any' }).properties ?? {};
  const rows = settingsIn(read('SETTINGS.md'));

  test('are all in SETTINGS.md, once, and no other is', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(Object.keys(shape).sort());
  });

  test.each(rows)('$name has the default that SETTINGS.md says', ({ name, value }) => {
    const { default: real } = shape[name] as { default?: string };
    const conditional = CONDITIONAL[name];
    if (conditional !== undefined) {
      expect(real).toBeUndefined();
      expect(value).toBe(conditional.says);
      for (const { environment, is } of conditional.cases) {
        const read = readConfig(environment)[conditional.field];
        expect(typeof read === 'boolean' ? read : read !== null).toBe(is);
      }
    } else {
      expect(value).toBe(real ? `\`${real}\`` : 'none');
    }
  });

  test.each(rows)('$name takes what SETTINGS.md says', ({ name, allowed }) => {
    const refusal = refusalOf(name, '!');
    const [, least, most] = / from (\S+) to ([^\s.]+)/.exec(refusal) ?? [];
    if (least !== undefined) expect(allowed).toBe(`${least} to ${most}`);
    else if (refusal.includes('allowed is on or off')) expect(allowed).toBe('`on` or `off`');
    else for (const word of allowed.matchAll(/`(\w+)`/g)) expect(refusal).toContain(word[1]);
  });

  test('have the same defaults in README', () => {
    const defaults = new Map(rows.map(({ name, value }) => [name, value]));
    const short = settingsIn(section(read('README.md'), 'Run it'));
    expect(short.length).toBeGreaterThan(0);
    expect(short).toEqual(short.map((row) => ({ ...row, value: defaults.get(row.name) })));
  });
});

test('Every metric of OPERATING.md is measured', async () => {
  const metrics = createMetrics();
  metrics.collectProcess();
  const text = await metrics.registry.metrics();
  const measured = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
  const named = [...read('examples/OPERATING.md').matchAll(/`((?:gateway|nodejs)_\w+)/g)].map(
    ([, name]) => name,
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !measured.has(name))).toEqual([]);
});

describe('Codes of closed sockets', () => {
  const operating = firstCells(section(read('examples/OPERATING.md'), 'What a closed socket means'));
  const explained = numbersIn(operating);

  test('are in OPERATING.md when the server closes with them, and no others', () => {
    expect(explained).toEqual(closeCodesOfServer());
  });

  test('are in README only when they are in OPERATING.md', () => {
    const table = firstCells(section(read('README.md'), 'When the connection ends'));
    const named = numbersIn(table);
    expect(named).toContain(4403);
    expect(named.filter((code) => !explained.includes(code))).toEqual([]);
  });
});

describe('Examples of a deployment', () => {
  test.each([
    // `NAME: value`, and `- name: NAME`
    ['examples/compose.yaml', /^ {4}([A-Z][A-Z_]+):/gm],
    ['examples/kubernetes.yaml', /^ +- name: ([A-Z][A-Z_]+)$/gm],
  ])('%s sets nothing that is no setting, and Redis for all', (path, form) => {
    const named = [...read(path).matchAll(form)].map(([, name = '']) => name);
    expect(named).toContain('REDIS_URL');
    expect(named.filter((name) => !Object.hasOwn(Settings.shape, name))).toEqual([]);
  });

  test('give a gateway more time to end than its drain may take', () => {
    const drain = Number(/DRAIN_SECONDS\n +value: "(\d+)"/.exec(read('examples/kubernetes.yaml'))?.[1]);
    const [, grace, pause] =
      /terminationGracePeriodSeconds: (\d+)[\s\S]*"sleep", "(\d+)"/.exec(read('examples/kubernetes.yaml')) ??
      [];
    expect(Number(grace)).toBeGreaterThan(drain + Number(pause));
    const compose = read('examples/compose.yaml');
    const ofCompose = Number(/DRAIN_SECONDS: "(\d+)"/.exec(compose)?.[1]);
    expect(Number(/stop_grace_period: (\d+)s/.exec(compose)?.[1])).toBeGreaterThan(ofCompose);
  });
});

describe('Every document', () => {
  const documents = textsBelow('.');

  test.each(documents)('%s points to nothing that is not there', (path) => {
    const missing = linksOf(read(path)).filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : join(dirname(path), file);
      if (!existsSync(join(root, target))) return true;
      return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
    });
    expect(missing).toEqual([]);
  });

  test.each(documents)('%s runs no script that package.json does not have', (path) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(path).matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

describe('CHANGELOG.md', () => {
  const headings = read('CHANGELOG.md').match(/^##+ .*$/gm) ?? [];

  test('begins with what is not released, or with the version of package.json', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect([`## [Unreleased]`, `## [${version}]`]).toContain(headings[0]?.split(' - ')[0]);
  });

  test('sorts changes as Keep a Changelog does', () => {
    const kinds = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
    const allowed = [/^## \[Unreleased\]$/, /^## \[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/];
    const others = headings.filter((heading) => {
      return !allowed.some((form) => form.test(heading)) && !kinds.includes(heading.replace('### ', ''));
    });
    expect(others).toEqual([]);
  });
});

const REAL = { RINGCENTRAL_SERVER_URL: 'https://platform.ringcentral.com' };

/** Settings whose default depends on others. */
const CONDITIONAL: Readonly<Record<string, Conditional>> = {
  GRAPHIQL: {
    says: '`on` with the simulator, else `off`',
    field: 'graphiql',
    cases: [
      { environment: {}, is: true },
      { environment: REAL, is: false },
    ],
  },
  INTROSPECTION: {
    says: '`on` with the simulator or `GRAPHIQL=on`, else `off`',
    field: 'introspection',
    cases: [
      { environment: {}, is: true },
      { environment: { ...REAL, GRAPHIQL: 'on' }, is: true },
      { environment: REAL, is: false },
    ],
  },
  SIGN_IN: {
    says: '`on` with the simulator, else `off`',
    field: 'signIn',
    cases: [
      { environment: {}, is: true },
      { environment: { SIGN_IN: 'off' }, is: false },
      { environment: REAL, is: false },
    ],
  },
};

interface Conditional {
  readonly says: string;
  readonly field: 'graphiql' | 'introspection' | 'signIn';
  readonly cases: readonly { readonly environment: Readonly<Record<string, string>>; readonly is: boolean }[];
}

/** The text below a heading, up to the next of its level. */
function section(text: string, heading: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start === -1) throw new Error(`There is no heading "${heading}".`);
  const level = /^#+ /.exec(lines[start] ?? '')?.[0] ?? '';
  const length = lines
    .slice(start + 1)
    .findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') < level.length);
  return lines.slice(start + 1, length === -1 ? undefined : start + 1 + length).join('\n');
}

/** The cells of a table's row; none for any other line. A `\|` is no border. */
function cellsOf(line: string): string[] {
  if (!line.startsWith('|')) return [];
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function firstCells(text: string): string {
  return text
    .split('\n')
    .map((line) => cellsOf(line)[0] ?? '')
    .join('\n');
}

function codesIn(text: string): string[] {
  return [...text.matchAll(/`([A-Z]+(?:_[A-Z]+)*)`/g)].map(([, code = '']) => code).sort();
}

function numbersIn(text: string): number[] {
  return [...text.matchAll(/\b\d{4}\b/g)].map(([code]) => Number(code)).sort();
}

/** What the tables say of settings; a row may name several, with a default each or one for all. */
function settingsIn(text: string): { name: string; value: string; allowed: string }[] {
  return text.split('\n').flatMap((line) => {
    const [names = '', values = '', allowed = ''] = cellsOf(line);
    if (!/^`[A-Z][A-Z_]+`/.test(names)) return [];
    const several = names.split(', ');
    const each = several.length > 1 && values.includes(', ') ? values.split(', ') : several.map(() => values);
    return several.map((name, index) => ({
      name: name.replaceAll('`', ''),
      value: each[index] ?? '',
      allowed,
    }));
  });
}

/** What is said of a setting that is wrong; empty when any text goes. */
function refusalOf(name: string, value: string): string {
  try {
    readConfig({ [name]: value });
    return '';
  } catch (error) {
    const problems = error instanceof InvalidSettings ? error.problems : [];
    return problems.find((problem) => problem.startsWith(`${name}: `)) ?? '';
  }
}

/** By the names that `src/server/` gives them. */
function closeCodesOfServer(): number[] {
  const codes: Readonly<Record<string, unknown>> = { ...CloseCode, ...closing };
  const text = readdirSync(join(root, 'src/server'))
    .filter((file) => file.endsWith('.ts') && file !== 'closing.ts')
    .map((file) => read(join('src/server', file)))
    .join('\n');
  const named = text.matchAll(/\bCloseCode\.(\w+)|\b([A-Z]+(?:_[A-Z]+)+)\b/g);
  const used = [...named].map(([, ofLibrary, own]) => codes[ofLibrary ?? own ?? '']);
  return [...new Set(used.filter((code) => typeof code === 'number'))].sort();
}

function textsBelow(folder: string): string[] {
  const foreign = ['node_modules', 'dist', '.git'];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return foreign.includes(entry.name) ? [] : textsBelow(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** The links of a document to this project, those in code left out. */
function linksOf(text: string): string[] {
  const prose = text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '``');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
}

/** As GitHub names headings. */
function anchorsOf(text: string): string[] {
  const headings = text.replace(/^```.*?^```$/gms, '').match(/^#+ .*$/gm) ?? [];
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
