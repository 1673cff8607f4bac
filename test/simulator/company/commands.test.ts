/** Who may give commands to the parties of others: the three worlds of the setting `partyControl`. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { WireSession } from '../../../src/ringcentral/wire.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { clientOf, codesOf, DEVICES, inbound, partyPath, sessionPath, startQuiet } from '../support.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startQuiet();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.stop());

interface Use {
  readonly method: string;
  readonly verb: string;
  readonly body?: object;
  readonly call: () => WireSession;
  readonly session?: true;
}

const rings = () => inbound(simulator, 'Proceeding', '102');
const talks = () => inbound(simulator, 'Answered', '102');
const post = (verb: string, call: () => WireSession, body?: object): Use => ({
  ...{ method: 'POST', verb: `/${verb}`, call },
  ...(body === undefined ? {} : { body }),
});

/** One way to use each route to a party of Tomas. */
const USES: Readonly<Record<string, () => Use>> = {
  hold: () => post('hold', talks),
  unhold: () => post('unhold', () => inbound(simulator, 'Hold', '102')),
  mute: () => ({ method: 'PATCH', verb: '', body: { muted: true }, call: talks }),
  answer: () => post('answer', rings, { deviceId: DEVICES['102'] }),
  reject: () => post('reject', rings),
  ignore: () => {
    const call = () => {
      const session = simulator.startCall({ kind: 'queue' });
      simulator.moveParty(session.id, session.parties[2]?.id ?? '', { code: 'Disconnected' });
      return session;
    };
    return { ...post('ignore', call, { deviceId: DEVICES['102'] }), verb: '/ignore' };
  },
  reply: () => post('reply', rings, { replyWithText: 'Soon' }),
  forward: () => post('forward', rings, { extensionNumber: '105' }),
  transfer: () => post('transfer', talks, { extensionNumber: '105' }),
  park: () => post('park', talks),
  flip: () => post('flip', talks, { callFlipId: '2' }),
  bridge: () => {
    const other = talks();
    return post('bridge', talks, { telephonySessionId: other.id, partyId: other.parties?.[1]?.id });
  },
  'start recording': () => post('recordings', talks),
  'pause the recording': () => {
    const session = talks();
    const party = simulator.moveParty(session.id ?? '', session.parties?.[1]?.id ?? '', {
      recording: 'OnDemand',
    });
    const verb = `/recordings/${party.recordings?.[0]?.id}`;
    return { method: 'PATCH', verb, body: { active: false }, call: () => session };
  },
  'bring in': () => {
    const session = simulator.startCall({ kind: 'conference', from: '102', state: 'Answered' });
    const source = talks();
    const body = { sessionId: source.id, partyId: source.parties?.[1]?.id };
    return { method: 'POST', verb: '/parties/bring-in', body, call: () => session, session: true };
  },
  'remove the party': () => ({ method: 'DELETE', verb: '', call: talks }),
  'end the call': () => ({ method: 'DELETE', verb: '', call: talks, session: true }),
};

async function use(name: string, token: string): Promise<number> {
  const { method, verb, body, call, session } = USES[name]?.() ?? post('', talks);
  const made = call();
  const position = name === 'ignore' ? 4 : 2;
  const path = session === true ? sessionPath(made) : partyPath(made, position);
  return (await clientOf(simulator, token)(method, `${path}${verb}`, body)).status;
}

const TOMAS = 'sim-102';
const IRIS = 'sim-101';
const NADIA = 'sim-103';
const ADA = 'sim-104';

describe.each(Object.keys(USES))('%s', (name) => {
  test.each([
    ['admins', { [TOMAS]: true, [IRIS]: false, [NADIA]: false, [ADA]: true }],
    ['everybody', { [TOMAS]: true, [IRIS]: true, [NADIA]: true, [ADA]: true }],
    ['own', { [TOMAS]: true, [IRIS]: false, [NADIA]: false, [ADA]: false }],
  ] as const)(
    'of a party of Tomas, where %s may: only whoever may has it done',
    async (partyControl, allowed) => {
      const did: Record<string, boolean | number> = {};
      for (const token of Object.keys(allowed)) {
        simulator.reset({ partyControl });
        const status = await use(name, token);
        did[token] = status < 300 ? true : status === 403 ? false : status;
      }
      expect(did).toEqual(allowed);
    },
  );
});

test('What is refused is CMN-404, and nothing has changed', async () => {
  const session = talks();
  const refused = await clientOf(simulator, IRIS)('POST', `${partyPath(session, 2)}/hold`);
  expect(refused).toMatchObject({
    status: 403,
    body: { errorCode: 'CMN-404', errors: [{ errorCode: 'CMN-404' }] },
  });
  expect(codesOf(simulator.calls()[0] ?? {})).toEqual(['Answered', 'Answered']);
});

test('Whoever acts for another one uses the phone of that one', async () => {
  const ada = clientOf(simulator, ADA);
  const session = rings();
  expect(await ada('POST', `${partyPath(session, 2)}/answer`, { deviceId: '801100104' })).toMatchObject({
    status: 400,
  });
  expect(await ada('POST', `${partyPath(session, 2)}/answer`, { deviceId: DEVICES['102'] })).toMatchObject({
    status: 200,
  });
});

test('Whoever takes part in a call may end it, and remove others', async () => {
  simulator.configure({ partyControl: 'own' });
  const tomas = clientOf(simulator, TOMAS);
  expect((await tomas('DELETE', partyPath(talks(), 1))).status).toBe(204);
  expect((await tomas('DELETE', sessionPath(talks()))).status).toBe(204);
});

test('Listening needs somebody who may, and somebody whom they may listen to', async () => {
  const listen = (
    token: string,
    session: WireSession,
    agentExtensionId: string,
    supervisorDeviceId: string,
  ) =>
    clientOf(simulator, token)('POST', `${sessionPath(session)}/supervise`, {
      mode: 'Listen',
      agentExtensionId,
      supervisorDeviceId,
    });
  expect((await listen(NADIA, talks(), '701002004', DEVICES['103'])).status).toBe(201);
  expect((await listen(ADA, talks(), '701002004', '801100104')).status).toBe(201);
  expect((await listen(IRIS, talks(), '701002004', DEVICES['101'])).status).toBe(403);
  // Hugo is in no group.
  expect(
    (await listen(NADIA, inbound(simulator, 'Answered', '111'), '701011004', DEVICES['103'])).status,
  ).toBe(403);
});
