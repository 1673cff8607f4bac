/**
 * The tables of the simulator's README are made from the code: names, defaults and what is allowed from the rules that are
 * kept, the words from the comments. `UPDATE=readme npx vitest run test/simulator/readme.test.ts` writes them anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EXTENSIONS } from '../../src/simulator/company/people.ts';
import { answerControl, type Controls } from '../../src/simulator/controls.ts';
import { FAULT_FIELDS, FAULT_KINDS } from '../../src/simulator/faults.ts';
import { createSimulator } from '../../src/simulator/server.ts';
import { DEFAULT_SETTINGS, SETTING_RULES } from '../../src/simulator/settings.ts';

const read = (file: string) => readFileSync(new URL(`../../src/simulator/${file}`, import.meta.url), 'utf8');
const README = new URL('../../src/simulator/README.md', import.meta.url);
const readme = read('README.md');

/** The comments of the fields of an interface; fields without one share that of the field before. */
function wordsOf(file: string, name: string): Map<string, string> {
  const body =
    new RegExp(`^export interface ${name}(?: extends \\w+)? \\{\\n(.*?)^\\}`, 'ms').exec(read(file))?.[1] ??
    '';
  const words = new Map<string, string>();
  let said = '';
  for (const [, comment, field = ''] of body.matchAll(/(?: {2}\/\*\*(.*?)\*\/\s+)?readonly (\w+)\??:/gs)) {
    said = comment?.replace(/\s*\n\s*\*\s*/g, ' ').trim() ?? said;
    words.set(field, said);
  }
  return words;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (value: unknown) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

function tables(): Readonly<Record<string, string>> {
  const settings = new Map([
    ...wordsOf('settings.ts', 'Settings'),
    ...wordsOf('genesys/settings.ts', 'GenesysSettings'),
  ]);
  const faults = wordsOf('faults.ts', 'Fault');
  return {
    settings: table(
      ['setting', 'default', 'allowed', ''],
      Object.entries(SETTING_RULES).map(([name, { allowed }]) => [
        code(name),
        code(DEFAULT_SETTINGS[name as keyof typeof DEFAULT_SETTINGS]),
        allowed,
        settings.get(name) ?? '',
      ]),
    ),
    'fault fields': table(
      ['field', 'default', 'allowed', 'of', ''],
      Object.entries(FAULT_FIELDS).map(([name, { rule, otherwise, of }]) => [
        code(name),
        'required' in rule ? 'must be given' : otherwise === undefined ? '' : code(otherwise),
        name === 'do' ? 'see below' : rule.allowed,
        of === undefined ? 'all' : of.map(code).join(', '),
        faults.get(name) ?? '',
      ]),
    ),
    'fault kinds': table(
      ['do', 'what goes wrong'],
      FAULT_KINDS.map((kind) => [code(kind), kindWords(kind)]),
    ),
  };
}

/** From the list above `FAULT_KINDS`: `- `reset`: the connection breaks …; `resetAfterApply`: …`. */
function kindWords(kind: string): string {
  const list = /^ \* What goes wrong\.\n(.*?)^ \*\//ms.exec(read('faults.ts'))?.[1] ?? '';
  const found = new RegExp(`\`${kind}\`: (.*?)(?=[;.](?: \`\\w+\`:|\\n))`, 's').exec(list)?.[1] ?? '';
  return found.replace(/\s*\n\s*\*\s*/g, ' ');
}

function withTables(text: string): string {
  return Object.entries(tables()).reduce(
    (page, [name, rows]) =>
      page.replace(
        new RegExp(`<!-- ${name} -->\n.*?<!-- end -->`, 's'),
        () => `<!-- ${name} -->\n\n${rows}\n\n<!-- end -->`,
      ),
    text,
  );
}

test('Every setting, every field of a fault and every kind of it stands in README as the code has it', () => {
  if (process.env.UPDATE === 'readme') writeFileSync(README, withTables(readme));
  expect(read('README.md')).toBe(withTables(readme));
  for (const name of ['settings', 'fault fields', 'fault kinds'])
    expect(readme).toContain(`<!-- ${name} -->`);
  // No cell is left without words.
  for (const row of Object.values(tables()).flatMap((text) => text.split('\n').slice(2))) {
    expect(row).not.toMatch(/\|\s*\|$/);
  }
});

test('Every control stands in README, and each of README is there', () => {
  const [, section = ''] = readme.split('## Controls');
  const rows = (section.split('**Reset.**')[0] ?? '').split('\n').filter((row) => row.startsWith('| `'));
  const requests = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+) ([^`]+)`/g)]);
  const named = requests.map(([, method, path]) => `${method} ${path}`);
  let message = '';
  try {
    answerControl({} as Controls, { method: 'GET', segments: ['nothing'], body: {} });
  } catch (error) {
    message = String(error);
  }
  const said = [...message.matchAll(/(\w+)(?: and (\w+))? \/simulator\/(\S+?)(?=,|$)/g)];
  const there = said.flatMap(([, one, other, path]) =>
    [one, other].filter(Boolean).map((method) => `${method} ${path}`),
  );
  expect(named.sort()).toEqual(there.sort());
});

test('Everybody of the account stands in README, with a token and a JWT that sign them in', async () => {
  await using simulator = await createSimulator({ story: false });
  for (const { number, name, type, status, id } of EXTENSIONS) {
    const isUser = type === 'User' && status === 'Enabled';
    const row = readme.split('\n').find((line) => line.startsWith(`| ${number} `)) ?? '';
    expect(row).toContain(name);
    expect([row.includes(`\`sim-${number}\``), row.includes(`\`sim-jwt-${number}\``)]).toEqual(
      isUser ? [true, true] : [false, false],
    );
    if (!isUser) continue;
    const grant = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: `sim-jwt-${number}`,
    });
    const headers = { authorization: `Basic ${Buffer.from('any:any').toString('base64')}` };
    const response = await fetch(`${simulator.url}/restapi/oauth/token`, {
      method: 'POST',
      headers,
      body: grant,
    });
    expect(await response.json()).toMatchObject({ owner_id: id, token_type: 'bearer' });
  }
});
