/** What is installed runs on the Node that runs the tests; CI has the oldest one that is supported. */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('`npm ci` warns of nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'packages-'));
  try {
    for (const name of ['package.json', 'package-lock.json']) {
      await copyFile(new URL(`../../${name}`, import.meta.url), join(folder, name));
    }
    // It looks at everything as it would, and installs and downloads nothing.
    const { stdout, stderr } = await promisify(execFile)('npm', ['ci', '--dry-run', '--offline'], {
      cwd: folder,
    });
    expect(stdout).toMatch(/added \d+ packages/);
    expect(stderr.split('\n').filter((line) => line.startsWith('npm warn'))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
