/** What an account costs of which nobody asks. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createAccounts } from '../../src/account/accounts.ts';
import { createHub } from '../../src/live/hub.ts';
import { RINGCENTRAL_CALLS } from '../../src/ringcentral/call-shape.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';

const VIEWERS = 2_000;

test('Whoever only comes pays next to nothing for an account that they do not look at.', () => {
  const metrics = createMetrics();
  const log = createLog('silent');
  const accounts = createAccounts({ shape: RINGCENTRAL_CALLS, metrics, log, pushOnly: false });
  const source = { readCall: never, readList: never, outlook: never };
  /** Bytes that each viewer takes, with or without an account beside their calls. */
  const bytesOf = (put?: typeof accounts.put) => {
    const hub = createHub(RINGCENTRAL_CALLS, { metrics, log, longPollTimeout: 30_000 }, put);
    hub.desk('the first', source);
    const before = heap();
    const desks = Array.from({ length: VIEWERS }, (_, number) => hub.desk(`viewer ${number}`, source));
    const bytes = (heap() - before) / VIEWERS;
    expect(desks.every(({ beside }) => (beside !== null) === (put !== undefined))).toBe(true);
    return bytes;
  };
  bytesOf(accounts.put);
  expect(bytesOf(accounts.put) - bytesOf()).toBeLessThan(2_000);
});

function never(): never {
  throw new Error('Nobody asks.');
}

function heap(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
