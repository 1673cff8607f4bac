/** The duty of a desk that meets a defect. */
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Commons, Fleet } from '../../src/commons/commons.ts';
import { createInProcessCommons } from '../../src/commons/in-process.ts';
import { sealingKey } from '../../src/commons/seal.ts';
import { createDuty } from '../../src/live/shared/desk-duty.ts';
import type { RingCentralKind } from '../../src/ringcentral/call-kind.ts';

const OWNER = 'a viewer';

/** The duty of one gateway of several; `entered` is told what it comes to. */
function openDuty(commons: Commons, self: string, entered: (role: string) => void = () => {}) {
  const defects: unknown[] = [];
  const fleet = (): Fleet => ({ id: 'fleet', secret: 'secret', size: 2, isWhole: true });
  const duty = createDuty<RingCentralKind>({
    commons: { ...commons, self, fleet },
    owner: () => OWNER,
    seal: sealingKey(OWNER, 'a test'),
    onDefect: (error) => void defects.push(error),
    host: {
      entered,
      errands() {},
      posted() {},
      watched: () => [],
      settled: async () => {},
      beat() {},
      release: () => null,
      isLingering: () => false,
    },
  });
  onTestFinished(() => duty.stop());
  return { duty, defects };
}

test('A defect of the desk that comes to lead is noted, and the duty goes on to another.', async () => {
  const commons = createInProcessCommons();
  const defect = new TypeError('a defect');
  const one = openDuty(commons, 'one', (role) => {
    if (role === 'leading') throw defect;
  });
  const other = openDuty(commons, 'other');
  one.duty.wishList(true);
  await vi.waitFor(() => expect(one.defects).toEqual([defect]));
  other.duty.wishList(true);
  await vi.waitFor(() => expect(other.duty.role).toBe('following'));
  await one.duty.stop();
  await vi.waitFor(() => expect(other.duty.role).toBe('leading'));
  expect([one.defects, other.defects]).toEqual([[defect], []]);
});

test('A lease that does not say what its holder watches is noted, and keeps nobody from asking for a call.', async () => {
  const commons = createInProcessCommons();
  const lease = { holder: 'another', fence: 1, until: Infinity, legacy: {} };
  await commons
    .cell<object>({ word: 'desk' })
    .update({ owner: OWNER, name: '' }, () => ({ value: lease, lifetime: 60_000, result: null }));
  const { duty, defects } = openDuty(commons, 'one');
  expect(await duty.isWatchedElsewhere('s-1')).toBe(false);
  expect(defects).toEqual([expect.any(TypeError)]);
});
