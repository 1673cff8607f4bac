/** The records of the call log for calls that go on. */
import { extensionUri } from '../bodies.ts';
import type { Switchboard } from '../switchboard.ts';
import type { Extension } from './extension.ts';
import { ownCalls } from './presence.ts';

/** Those of an extension: connected ones only. */
export function activeCallRecords(
  owner: Extension,
  board: Pick<Switchboard, 'staff' | 'calls' | 'callsOf' | 'now'>,
  origin: string,
): Record<string, unknown>[] {
  const uri = extensionUri(owner, origin);
  const connected = ownCalls(owner, board).filter(([, { code }]) => code === 'Answered' || code === 'Hold');
  return connected.map(([call, party]) => ({
    uri: `${uri}/call-log/${call.legacyId}?view=Simple`,
    id: `log${call.legacyId}`,
    sessionId: call.legacyId,
    telephonySessionId: call.id,
    partyId: party.id,
    startTime: new Date(call.createdAt).toISOString(),
    duration: Math.max(0, Math.round((board.now() - call.createdAt) / 1_000)),
    type: 'Voice',
    internalType: 'Local',
    direction: party.direction,
    action: 'Phone Call',
    result: 'In Progress',
    to: party.to,
    from: party.from,
    extension: { uri, id: Number(owner.id) },
  }));
}
