/** How the gateways of the tests come to know of changes: as users' do, unless `LIVE_SOURCE=poll npm test` says otherwise. */
import type { JournalEntry } from '../../src/simulator/journal.ts';
import type { Simulator } from '../../src/simulator/server.ts';

export const LIVE_SOURCE = process.env.LIVE_SOURCE ?? 'auto';

/** True where changes are told by notifications, as the simulator gives them unless it is told not to. */
const IS_TOLD = LIVE_SOURCE !== 'poll';

/** For a gateway of a test that is about polls themselves. */
export const BY_POLLS = { LIVE_SOURCE: 'poll' } as const;

/** What is asked for to be told of changes; everything else is asked about calls and people. */
const LISTENING = ['authWsToken', 'connectWebSocket', 'createSubscription', 'deleteSubscription'];

/** True for a request that a gateway sends of its own accord, to be told of changes. */
export function isToListen({ operationId }: Pick<JournalEntry, 'operationId'>): boolean {
  return operationId !== null && LISTENING.includes(operationId);
}

/** The reads of a watched call, newest last. */
export function readsOf(simulator: Simulator, sessionId: string): readonly JournalEntry[] {
  return simulator
    .requests()
    .filter(({ operationId, path }) => operationId === 'readCallSessionStatus' && path.includes(sessionId));
}

/**
 * True once the next change of a watched call, of a party of this extension, is told: by a poll that is held, or by
 * notifications, where nothing else is to be read before.
 */
export function isCertainToBeTold(simulator: Simulator, sessionId: string, extension = '101'): boolean {
  const last = readsOf(simulator, sessionId).at(-1);
  if (last === undefined) return false;
  if (last.held && last.ended === null) return true;
  if (!IS_TOLD) return false;
  const granted = simulator
    .requests()
    .find(({ operationId, viewer }) => operationId === 'createSubscription' && viewer === extension);
  // What may have happened before is read once more.
  return granted?.ended != null && last.started >= granted.ended && last.ended !== null;
}
