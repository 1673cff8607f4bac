/** The ledger of a call over the commons of one process, with a host that only notes what it is asked and told. */
import { describe, expect, test, vi } from 'vitest';
import { createInProcessCommons } from '../../src/commons/in-process.ts';
import { sealingKey } from '../../src/commons/seal.ts';
import { createLedger } from '../../src/live/shared/call-ledger.ts';
import type { LedgerHost } from '../../src/live/shared/ledger.ts';
import { type CallState, createTidingsCodec, type Tiding } from '../../src/live/shared/tidings.ts';
import { observe } from '../../src/live/transitions.ts';
import type { RingCentralKind } from '../../src/ringcentral/call-kind.ts';
import { RINGCENTRAL_CALLS } from '../../src/ringcentral/call-shape.ts';
import { party, session } from './support.ts';

const KEY = { owner: 'viewer', name: 's-1' };
const WHOLE: Tiding<RingCentralKind> = { kind: 'state', at: 1, isWhole: true };
const codec = createTidingsCodec<RingCentralKind>(sealingKey('viewer', 'a test'));

/** A state in which the first party is so. */
function stateOf(code: 'ANSWERED' | 'HOLD'): CallState<RingCentralKind> {
  const observation = { call: session([party('p-1', code)]), sentAt: 1, receivedAt: 2 };
  const verdict = observe(RINGCENTRAL_CALLS, null, observation, () => '');
  if (verdict.kind !== 'changed') throw new Error('The first sight of a call is a change.');
  return { held: verdict.held, gone: null, isOver: false, asked: { sentAt: 1, receivedAt: 2 } };
}

/** An open ledger that has told a state, and in whose log another gateway then writes a whole one that is in doubt. */
async function inDoubt({ isLeading, fence }: { isLeading: boolean; fence: number }) {
  const log = createInProcessCommons().log<string>({
    ...{ word: 'calls', most: 100, mostBytes: 1_000_000, lifetime: 60_000 },
  });
  const own = stateOf('HOLD');
  const askForWhole = vi.fn();
  const tell = vi.fn<LedgerHost<RingCentralKind>['tell']>();
  const ledger = createLedger({
    ...{ log, key: KEY, codec, askForWhole, isLeading: () => isLeading, fence: () => fence },
    onDefect: (error) => expect.unreachable(String(error)),
    host: {
      state: () => own,
      adopt() {},
      tell,
      meet: () => false,
      remember() {},
      opened() {},
    },
  });
  ledger.meet();
  await vi.waitUntil(() => ledger.isOpen);
  ledger.write([{ kind: 'state', at: 1, isWhole: false }], () => {});
  await ledger.settled();
  const { position } = await log.read(KEY, null);
  const entry = { tiding: WHOLE, hasMore: false, fence: 7, state: stateOf('ANSWERED') };
  await log.append(KEY, position, [codec.write(entry)]);
  const written = async () => {
    const { entries } = await log.read(KEY, { ...position, offset: position.offset + 1 });
    return entries.map(({ event }) => codec.read(event));
  };
  return { ledger, askForWhole, written };
}

describe('A whole state that may be older than what was told', () => {
  test('is asked for once more by whoever does not lead.', async () => {
    const { askForWhole, written } = await inDoubt({ isLeading: false, fence: 7 });
    await vi.waitUntil(() => askForWhole.mock.calls.length > 0);
    expect(await written()).toEqual([]);
  });

  test('is answered with its own by whoever leads since, and goes on.', async () => {
    const { ledger, askForWhole, written } = await inDoubt({ isLeading: true, fence: 8 });
    await vi.waitUntil(async () => (await written()).length > 0);
    expect(await written()).toMatchObject([{ tiding: { kind: 'state', isWhole: true }, fence: 8 }]);
    ledger.write([{ kind: 'trouble', at: 2, next: 3 }], () => {});
    await ledger.settled();
    expect((await written()).at(-1)).toMatchObject({ tiding: { kind: 'trouble' } });
    expect(askForWhole).not.toHaveBeenCalled();
  });

  test('is asked for once more by whoever believes to lead, and does no more: two never answer each other for ever.', async () => {
    const { askForWhole, written } = await inDoubt({ isLeading: true, fence: 6 });
    await vi.waitUntil(() => askForWhole.mock.calls.length > 0);
    expect(await written()).toEqual([]);
  });
});
