/** The queues of the simulated company: whom a call rings, who waits, and who is served first. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { WireSession } from '../../../src/ringcentral/wire.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { type Client, clientOf, codesOf, DEVICES, partyPath, sessionPath, startQuiet } from '../support.ts';

const HELP_DESK = '701050004';
const SALES = '701051004';

let simulator: Simulator;
let iris: Client;
let tomas: Client;

beforeAll(async () => {
  simulator = await startQuiet({ settings: { mediumLimit: 0 } });
  iris = clientOf(simulator);
  tomas = clientOf(simulator, 'sim-102');
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

const call = (to: string, from = '+12025550150') => simulator.startCall({ kind: 'queue', from, to });
const now = ({ id }: WireSession) => simulator.calls().find((one) => one.id === id) ?? { parties: [] };
/** Whose parties they are, and how they are: `200 Setup`; a phone outside has no number. */
const linesOf = (session: WireSession) =>
  (now(session).parties ?? []).map((party) => `${numberOf(party.owner?.extensionId)} ${party.status?.code}`);
const numberOf = (id: unknown) =>
  id === undefined ? 'caller' : (NUMBERS[String(id)] ?? `nobody ${String(id)}`);
const NUMBERS: Readonly<Record<string, string>> = {
  [HELP_DESK]: '200',
  [SALES]: '201',
  ...Object.fromEntries(
    ['101', '102', '105', '106', '107', '108', '113'].map((number) => [`7010${number.slice(1)}004`, number]),
  ),
};

describe('a call of a queue', () => {
  test('rings its agents, who see the queue that was called and its name before the name of the caller', () => {
    const session = call('200');
    expect(linesOf(session)).toEqual([
      'caller Answered',
      '200 Disconnected',
      '101 Proceeding',
      '102 Proceeding',
    ]);
    expect(now(session).parties?.[2]).toMatchObject({
      attributes: { queueCall: true },
      from: { phoneNumber: '+12025550150', name: 'Help Desk - +12025550150' },
      to: { name: 'Help Desk', extensionId: HELP_DESK, phoneNumber: '+12025550100' },
      owner: { extensionId: '701001004' },
    });
    expect(linesOf(call('201'))).toEqual([
      'caller Answered',
      '201 Disconnected',
      ...['105', '106', '107', '113'].map((number) => `${number} Proceeding`),
    ]);
  });

  test('rings nobody who has left this queue, takes none of queues, or is on the phone', async () => {
    simulator.startCall({ kind: 'inbound', to: '105', state: 'Answered' });
    await clientOf(simulator, 'sim-106')('PUT', '/extension/~/presence', {
      dndStatus: 'DoNotAcceptDepartmentCalls',
    });
    await clientOf(simulator, 'sim-107')('PUT', '/extension/~/call-queue-presence', {
      records: [{ callQueue: { id: SALES }, acceptCalls: false }],
    });
    expect(linesOf(call('201'))).toEqual(['caller Answered', '201 Disconnected', '113 Proceeding']);
  });

  test('rings those who are on the phone, too, where the setting says so', () => {
    simulator.configure({ busyAgents: 'ring' });
    simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
    expect(linesOf(call('200')).slice(2)).toEqual(['101 Proceeding', '102 Proceeding']);
  });

  test('rings whoever takes only the calls of queues', async () => {
    await iris('PUT', '/extension/~/presence', { dndStatus: 'TakeDepartmentCallsOnly' });
    expect(linesOf(call('200'))).toContain('101 Proceeding');
    expect(codesOf(simulator.startCall({ kind: 'inbound', to: '101' }))[1]).toBe('VoiceMail');
  });

  test('is refused where there is no such queue', () => {
    expect(() => call('101')).toThrow('Parameter [to] value is invalid.');
    expect(() => call('202')).toThrow('Parameter [to] value is invalid.');
  });
});

describe('a caller whom nobody can answer', () => {
  const away = (number: string) =>
    clientOf(simulator, `sim-${number}`)('PUT', '/extension/~/presence', {
      dndStatus: 'DoNotAcceptAnyCalls',
    });
  const back = (number: string) =>
    clientOf(simulator, `sim-${number}`)('PUT', '/extension/~/presence', { dndStatus: 'TakeAllCalls' });

  test('waits on the leg of the queue, which rings nobody, until somebody is free again', async () => {
    const [first, second] = [call('200'), call('200', '+12025550151')];
    expect(linesOf(second)).toEqual(['caller Answered', '200 Setup']);
    expect(now(second).parties?.[1]).toMatchObject({ to: { extensionId: HELP_DESK, name: 'Help Desk' } });

    await iris('POST', `${partyPath(first, 3)}/answer`, { deviceId: DEVICES['101'] });
    // Tomas has stopped ringing, so the next one rings him.
    expect(linesOf(first)).toEqual([
      'caller Answered',
      '200 Disconnected',
      '101 Answered',
      '102 Disconnected',
    ]);
    expect(linesOf(second)).toEqual(['caller Answered', '200 Disconnected', '102 Proceeding']);
  });

  test('is served in order: who waits longest is rung first', async () => {
    await Promise.all([away('101'), away('102')]);
    const [first, second] = [call('200'), call('200', '+12025550151')];
    await back('102');
    expect([linesOf(first).at(-1), linesOf(second).at(-1)]).toEqual(['102 Proceeding', '200 Setup']);
    await tomas('POST', `${partyPath(first, 3)}/answer`, { deviceId: DEVICES['102'] });
    expect(linesOf(second).at(-1)).toBe('200 Setup');
    await tomas('DELETE', sessionPath(first));
    expect(linesOf(second).at(-1)).toBe('102 Proceeding');
  });

  test('is rung to everybody who comes back at once, and to whoever logs in', async () => {
    await Promise.all(['105', '106', '107', '113'].map(away));
    const waiting = call('201');
    expect(linesOf(waiting).at(-1)).toBe('201 Setup');
    await back('106');
    expect(linesOf(waiting)).toEqual(['caller Answered', '201 Disconnected', '106 Proceeding']);

    await Promise.all([away('101'), away('102')]);
    const other = call('200');
    await clientOf(simulator, 'sim-108')('PUT', '/extension/~/call-queue-presence', {
      records: [{ callQueue: { id: HELP_DESK }, acceptCalls: true }],
    });
    expect(linesOf(other).at(-1)).toBe('108 Proceeding');
  });

  test('waits again when the last agent lets the call go by, and does not come back to that one', async () => {
    await away('102');
    const session = call('200');
    const ignored = await iris('POST', `${partyPath(session, 3)}/ignore`, { deviceId: DEVICES['101'] });
    expect(ignored.status).toBe(204);
    expect(linesOf(session)).toEqual([
      'caller Answered',
      '200 Disconnected',
      '101 Disconnected',
      '200 Setup',
    ]);
    await back('102');
    expect(linesOf(session).at(-1)).toBe('102 Proceeding');
  });

  test('may hang up, and is gone then', async () => {
    await Promise.all([away('101'), away('102')]);
    const session = call('200');
    simulator.moveParty(session.id ?? '', session.parties?.[1]?.id ?? '', { code: 'Disconnected' });
    simulator.moveParty(session.id ?? '', session.parties?.[0]?.id ?? '', { code: 'Disconnected' });
    await back('101');
    expect(linesOf(session)).toEqual(['caller Disconnected', '200 Disconnected']);
  });
});
