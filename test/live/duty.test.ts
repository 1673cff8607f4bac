/** The duty of a desk that meets a defect. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { createInProcessCommons } from '../../src/commons/in-process.ts';
import { sealingKey } from '../../src/commons/seal.ts';
import { createDuty } from '../../src/live/shared/desk-duty.ts';
import type { RingCentralKind } from '../../src/ringcentral/call-kind.ts';

test('A defect of the desk that comes to lead is noted, and the duty goes on to another.', async () => {
  const commons = createInProcessCommons();
  const defect = new TypeError('a defect');
  const defects: unknown[] = [];
  const dutyOf = (name: string, entered: (role: string) => void) => {
    const duty = createDuty<RingCentralKind>({
      commons: { ...commons, self: name },
      owner: () => 'a viewer',
      seal: sealingKey('a viewer', 'a test'),
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
    return duty;
  };
  const one = dutyOf('one', (role) => {
    if (role === 'leading') throw defect;
  });
  const other = dutyOf('other', () => {});
  one.wishList(true);
  await vi.waitFor(() => expect(defects).toEqual([defect]));
  other.wishList(true);
  await vi.waitFor(() => expect(other.role).toBe('following'));
  await one.stop();
  await vi.waitFor(() => expect(other.role).toBe('leading'));
  expect(defects).toHaveLength(1);
});
