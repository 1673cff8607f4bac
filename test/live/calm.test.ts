/** What changes cost that move nobody else: of an own party that is held, muted or recorded, everything is told. */
import { expect, test } from 'vitest';
import { findParty, type PartyStatusCode } from '../../schema/model.ts';
import type { Ear } from '../../src/live/source.ts';
import type { RingCentralKind } from '../../src/ringcentral/call-kind.ts';
import { openOffice, party, pass, type Tap, tap } from './support.ts';

const CALLS = 100;
const LIMIT = 50; // requests a minute
const MINUTE = 60_000;
const RECORDING = { id: 'r-1', active: true, mode: null, view: null };

type Change = 'hold' | 'mute' | 'record' | 'answer';

/**
 * A viewer who watches a hundred calls for some minutes, and these changes in turns, one each 150 ms. Slow looks are made
 * at the same times whatever happens: what a change costs is the difference to a viewer whose calls are quiet.
 */
async function play(
  changes: readonly Change[],
  { until = 10 * MINUTE, own = 'ANSWERED' as PartyStatusCode } = {},
) {
  const { phone, hub } = openOffice();
  const ears: Ear<RingCentralKind>[] = [];
  phone.source.readsPerMinute = () => LIMIT;
  phone.source.listen = (ear) => {
    ears.push(ear);
    return { tellsOf: ({ extensionId }) => extensionId === 'own', stop() {} };
  };
  const desk = hub.desk('viewer', phone.source);
  const taps: Tap<{ readonly type: string }>[] = [];
  for (let call = 0; call < CALLS; call += 1) {
    phone.set([party(`own-${call}`, own, { extensionId: 'own' }), party(`other-${call}`, 'ANSWERED')], {
      id: `s-${call}`,
    });
    taps.push(tap(desk.events(`s-${call}`, null)));
  }
  await pass(100);
  ears[0]?.entered('listening', { mayHaveMissed: true, reason: null });
  await pass(5 * MINUTE);

  const start = Date.now();
  for (const [turn, change] of changes.entries()) {
    await pass(start + turn * 150 - Date.now());
    tell(turn, change);
  }
  await pass(start + until - Date.now());
  const requests = phone.requests.map(({ sessionId, sentAt }) => `${sessionId} at ${sentAt}`);
  const told = taps.flatMap(({ events }) => events).filter(({ type }) => type === 'CallPartyChange').length;
  hub.stop();
  return { requests, told };

  function tell(turn: number, change: Change): void {
    const [sessionId, partyId] = [`s-${turn % CALLS}`, `own-${turn % CALLS}`];
    const before = phone.now(sessionId);
    const known = before === null ? undefined : findParty(before, partyId);
    if (known === undefined) return;
    const { code } = known.status;
    if (change === 'hold') phone.move(partyId, code === 'HOLD' ? 'ANSWERED' : 'HOLD');
    if (change === 'mute') phone.move(partyId, code, { muted: !known.muted });
    if (change === 'record') {
      phone.move(partyId, code, { recordings: [{ ...RECORDING, active: known.recordings.length === 0 }] });
    }
    if (change === 'answer') phone.move(partyId, 'ANSWERED');
    const after = phone.now(sessionId);
    const moved = after === null ? undefined : findParty(after, partyId);
    ears[0]?.heard({
      about: 'party',
      ...{ callId: sessionId, partyId, sequence: turn + 1, eventTime: Date.now(), receivedAt: Date.now() },
      facts: null,
      party: () => moved ?? known,
      entry: () => null,
    });
  }
}

const QUIET = Array.from({ length: 4 * CALLS }, (_, turn): Change => {
  return (['hold', 'mute', 'record'] as const)[Math.floor(turn / CALLS) % 3] ?? 'hold';
});

test('Of a hundred calls and fifty requests a minute, four hundred holds, mutes and recordings ask for nothing', async () => {
  const quiet = await play([]);
  const busy = await play(QUIET);
  expect(busy.told).toBe(QUIET.length);
  expect(busy.requests).toEqual(quiet.requests);
  // Without slow looks it would show nothing.
  expect(quiet.requests.length).toBeGreaterThan(3 * CALLS);
});

test('An answer of an own party, which may move others, asks once', async () => {
  // Before a slow look of that call is due again.
  const ringing = { until: 20_000, own: 'PROCEEDING' as const };
  const quiet = await play([], ringing);
  const answered = await play(['answer'], ringing);
  expect(answered.told).toBe(1);
  expect(answered.requests.length).toBe(quiet.requests.length + 1);
});
