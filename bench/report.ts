/** `bench/RESULTS.md`: what was found, on which machine, with which versions. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Finding } from './findings.ts';
import { describeMachine, file } from './machine.ts';
import type { Pace } from './stage.ts';

export interface Run {
  readonly findings: readonly Finding[];
  readonly pace: Pace;
  /** Milliseconds. */
  readonly took: number;
}

/** Writes the page; `bench/TUNING.md`, kept by hand, becomes its last part. */
export function writeReport(run: Run): void {
  writeFileSync(file('RESULTS.md'), page(run));
}

/** The table alone, in Markdown. */
export function table(findings: readonly Finding[]): string {
  const rows = findings.map(({ work, measure, ours, against, result, goal, met }) =>
    [work, measure, ours, against, result, goal, met === null ? '' : met ? 'yes' : '**no**'].map(cell),
  );
  const head = ['work', 'measure', 'ours', 'compared with', 'result', 'goal', 'met'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function page({ findings, pace, took }: Run): string {
  const met = findings.filter((finding) => finding.met === true).length;
  const judged = findings.filter((finding) => finding.met !== null).length;
  const upTo = pace.full ? '' : 'up to ';
  return `# Benchmark results

Written by \`npm run bench${pace.full ? ' -- --full' : ''}\`; do not edit. ${met} of ${judged} goals met.

- ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC, commit ${commit()}, ${Math.round(took / 60_000)} minutes
- ${describeMachine()}
- ${versions()}
- ${pace.rounds} rounds of ${upTo}${pace.round / 1_000} s in turns after a warm-up of ${upTo}${pace.warmUp / 1_000} s; median (least–most). Every ratio is taken within this run, round by round.

${table(findings)}

## What was tuned, and what each step gave

${readFileSync(file('TUNING.md'), 'utf8').trim()}
`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function commit(): string {
  const git = (...args: string[]) =>
    spawnSync('git', args, { cwd: file('..'), encoding: 'utf8' }).stdout.trim();
  // The page itself is always changed by the run that writes it.
  const changed = git('status', '--porcelain', '--', '.', ':!bench/RESULTS.md') !== '';
  return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes not committed' : ''}`;
}

function versions(): string {
  const ours = ['got', 'graphql', 'graphql-yoga', 'graphql-ws', 'ws'].map((name) => versionOf('..', name));
  const peers = ['mercurius', 'graphql-jit', 'undici', '@graphql-hive/gateway'].map((name) =>
    versionOf('peers', name),
  );
  return [...ours, ...peers].filter((text) => text !== null).join(', ');
}

function versionOf(folder: string, name: string): string | null {
  const path = file(`${folder}/node_modules/${name}/package.json`);
  if (!existsSync(path)) return null;
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return `${name} ${version}`;
}
