import { existsSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { WireSession } from '../../src/ringcentral/wire.ts';
import { EXTENSIONS } from '../../src/simulator/company/people.ts';
import { PEOPLE_OPERATIONS } from '../../src/simulator/company/people-operations.ts';
import { PRESENCE_OPERATIONS } from '../../src/simulator/company/presence-operations.ts';
import { QUEUE_OPERATIONS } from '../../src/simulator/company/queue-operations.ts';
import type { JournalEntry } from '../../src/simulator/journal.ts';
import { OPERATIONS } from '../../src/simulator/routes.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import type { Settings } from '../../src/simulator/settings.ts';
import { createValidator, PUBLISHED } from './published.ts';
import { connectPush, OWN_CALLS } from './push-client.ts';
import {
  type Client,
  clientOf,
  codesOf,
  DEVICES,
  eventually,
  inbound,
  partyPath,
  type Response,
  sessionPath,
  startQuiet,
} from './support.ts';

let simulator: Simulator;
let iris: Client;
let tomas: Client;
let nadia: Client;

beforeAll(async () => {
  simulator = await startQuiet({ settings: { journalBodies: true } });
  iris = clientOf(simulator);
  tomas = clientOf(simulator, 'sim-102');
  nadia = clientOf(simulator, 'sim-103');
});
beforeEach(() => {
  noteRequests();
  simulator.reset();
});
afterAll(() => simulator?.stop());

/** Every request of all these tests, with its answer. */
const journal: JournalEntry[] = [];
const noteRequests = () => {
  journal.push(...simulator.requests());
};

const device = { deviceId: DEVICES['101'] };
const WRONG_STATE = { errors: [{ errorCode: 'TAS-102', message: 'Incorrect State [WrongState]' }] };
const notFound = (parameterName: string) => {
  const entry = {
    errorCode: 'CMN-102',
    message: `Resource for parameter [${parameterName}] is not found`,
    parameterName,
  };
  return { ...entry, errors: [entry] };
};

/** One way to use an operation on a call. */
interface Use {
  readonly operationId: string;
  readonly method: string;
  /** After the path of the party (or of the session, with `session: true`). */
  readonly verb: string;
  readonly session?: true;
  readonly body?: unknown;
  /** A call that allows it, and one that does not. */
  readonly right: () => WireSession;
  readonly wrong: () => WireSession;
  readonly status: number;
  /** Of the answer. */
  readonly shows: object;
  /** The states of the parties afterwards. */
  readonly after: readonly string[];
  readonly by?: () => Client;
  /** 404 in place of 409: the call is over. */
  readonly wrongIsGone?: true;
}

const rings = () => inbound(simulator, 'Proceeding');
const talks = () => inbound(simulator, 'Answered');
const held = () => inbound(simulator, 'Hold');
const ended = () => {
  const session = talks();
  simulator.moveParty(session.id, idOf(session, 1), { code: 'Disconnected' });
  simulator.moveParty(session.id, idOf(session, 2), { code: 'Disconnected' });
  return session;
};
const queued = (state = 'Proceeding') => simulator.startCall({ kind: 'queue', state });
const parked = () => {
  const session = talks();
  simulator.moveParty(session.id, idOf(session, 2), { code: 'Parked' });
  return session;
};
const idOf = (session: WireSession, position: number) => `p-${session.id?.slice(2)}-${position}`;
const status = (code: string, reason?: string) => ({
  status: reason === undefined ? { code } : { code, reason },
});

const USES: readonly Use[] = [
  {
    operationId: 'holdCallParty',
    method: 'POST',
    verb: '/hold',
    body: { proto: 'Auto' },
    right: talks,
    wrong: held,
    status: 200,
    shows: status('Hold'),
    after: ['Answered', 'Hold'],
  },
  {
    operationId: 'unholdCallParty',
    method: 'POST',
    verb: '/unhold',
    right: held,
    wrong: talks,
    status: 200,
    shows: status('Answered'),
    after: ['Answered', 'Answered'],
  },
  {
    operationId: 'answerCallParty',
    method: 'POST',
    verb: '/answer',
    body: device,
    right: rings,
    wrong: talks,
    status: 200,
    shows: status('Proceeding'),
    after: ['Answered', 'Answered'],
  },
  {
    operationId: 'rejectParty',
    method: 'POST',
    verb: '/reject',
    right: rings,
    wrong: talks,
    status: 204,
    shows: {},
    after: ['Answered', 'VoiceMail'],
  },
  {
    operationId: 'forwardCallParty',
    method: 'POST',
    verb: '/forward',
    body: { extensionNumber: '102' },
    right: rings,
    wrong: talks,
    status: 200,
    shows: status('Disconnected', 'BlindTransfer'),
    after: ['Answered', 'Disconnected', 'Proceeding'],
  },
  {
    operationId: 'transferCallParty',
    method: 'POST',
    verb: '/transfer',
    body: { phoneNumber: '+12025550160' },
    right: talks,
    wrong: rings,
    status: 200,
    shows: status('Disconnected', 'BlindTransfer'),
    after: ['Answered', 'Disconnected', 'Answered'],
  },
  {
    operationId: 'updateCallParty',
    method: 'PATCH',
    verb: '',
    body: { party: { muted: true } },
    right: talks,
    wrong: rings,
    status: 200,
    shows: { muted: true, ...status('Answered') },
    after: ['Answered', 'Answered'],
  },
  {
    operationId: 'callParkParty',
    method: 'POST',
    verb: '/park',
    right: talks,
    wrong: held,
    status: 201,
    shows: { status: { code: 'Parked', parkData: '*801' }, park: { id: '*801' } },
    after: ['Answered', 'Parked'],
  },
  {
    operationId: 'pickupCallParty',
    method: 'POST',
    verb: '/pickup',
    body: { deviceId: DEVICES['102'] },
    by: () => tomas,
    right: parked,
    wrong: talks,
    status: 201,
    shows: { direction: 'Outbound', extensionId: '701002004', ...status('Proceeding') },
    after: ['Answered', 'Gone'],
  },
  {
    operationId: 'callFlipParty',
    method: 'POST',
    verb: '/flip',
    body: { callFlipId: '*2' },
    right: talks,
    wrong: held,
    status: 200,
    shows: {},
    after: ['Answered', 'Disconnected', 'Answered'],
  },
  {
    operationId: 'replyParty',
    method: 'POST',
    verb: '/reply',
    body: { replyWithText: 'In a meeting' },
    right: rings,
    wrong: talks,
    status: 200,
    shows: status('Proceeding', 'CallReplied'),
    after: ['Disconnected', 'Disconnected'],
  },
  {
    operationId: 'startCallRecording',
    method: 'POST',
    verb: '/recordings',
    right: talks,
    wrong: rings,
    status: 201,
    shows: { active: true, mode: 'OnDemand' },
    after: ['Answered', 'Answered'],
  },
  {
    operationId: 'deleteCallParty',
    method: 'DELETE',
    verb: '',
    right: talks,
    wrong: ended,
    status: 204,
    shows: {},
    after: ['Disconnected', 'Disconnected'],
  },
  {
    operationId: 'superviseCallParty',
    method: 'POST',
    verb: '/supervise',
    body: { mode: 'Listen', supervisorDeviceId: DEVICES['103'], agentExtensionId: '701001004' },
    by: () => nadia,
    right: talks,
    wrong: rings,
    status: 201,
    shows: { extensionId: '701003004', standAlone: true, ...status('Setup') },
    after: ['Answered', 'Answered', 'Answered'],
  },
  {
    operationId: 'superviseCallSession',
    session: true,
    method: 'POST',
    verb: '/supervise',
    body: {
      mode: 'Listen',
      supervisorDeviceId: DEVICES['103'],
      agentExtensionNumber: '101',
      mediaSDP: 'sendRecv',
    },
    by: () => nadia,
    right: talks,
    wrong: rings,
    status: 201,
    shows: { standAlone: false, ...status('Setup') },
    after: ['Answered', 'Answered', 'Answered'],
  },
  {
    operationId: 'deleteCallSession',
    session: true,
    method: 'DELETE',
    verb: '',
    right: talks,
    wrong: ended,
    wrongIsGone: true,
    status: 204,
    shows: {},
    after: ['Disconnected', 'Disconnected'],
  },
];

describe.each(USES)('$operationId', (use) => {
  const pathOf = (session: WireSession) =>
    `${use.session ? sessionPath(session) : partyPath(session, 2)}${use.verb}`;
  const send = (path: string) => (use.by?.() ?? iris)(use.method, path, use.body);

  test('does it and answers in the shape of RingCentral', async () => {
    const session = use.right();
    const answer = await send(pathOf(session));
    expect(answer).toMatchObject({ status: use.status, body: use.shows });
    if (use.status === 204) expect(answer.headers.get('content-type')).toBeNull();
    expect(codesOf((await iris('GET', sessionPath(session))).body)).toEqual(use.after);
  });

  test('refuses it in another state', async () => {
    const answer = await send(pathOf(use.wrong()));
    if (use.wrongIsGone) expect(answer).toMatchObject({ status: 404, body: notFound('telephonySessionId') });
    else expect(answer).toMatchObject({ status: 409, body: WRONG_STATE });
  });

  test('does not know other calls and parties', async () => {
    const session = use.right();
    const strange = await send(
      `/telephony/sessions/s-nobody${use.session ? '' : '/parties/p-nobody-1'}${use.verb}`,
    );
    expect(strange).toMatchObject({ status: 404, body: notFound('telephonySessionId') });
    if (use.session) return;
    const party = await send(`${sessionPath(session)}/parties/p-nobody-9${use.verb}`);
    expect(party).toMatchObject({ status: 404, body: notFound('partyId') });
  });
});

describe('createCallOutCallSession', () => {
  test('answers the wrapped session before the phone rings, and reaches the other end by itself', async () => {
    simulator.configure({ callOutPace: 1 });
    const { status, body } = await iris('POST', '/telephony/call-out', {
      from: device,
      to: { phoneNumber: '+12025550166' },
    });
    expect(status).toBe(201);
    expect(body.session).toMatchObject({
      origin: { type: 'CallOut' },
      parties: [
        {
          direction: 'Outbound',
          status: { code: 'Setup' },
          from: device,
          to: { phoneNumber: '+12025550166' },
        },
      ],
    });
    await eventually(async () => codesOf((await iris('GET', sessionPath(body.session ?? {}))).body)).toEqual([
      'Answered',
      'Answered',
    ]);
  });

  test('rings a colleague until somebody acts', async () => {
    const { body } = await iris('POST', '/telephony/call-out', {
      from: device,
      to: { extensionNumber: '102' },
    });
    const now = await iris('GET', sessionPath(body.session ?? {}));
    expect(codesOf(now.body)).toEqual(['Answered', 'Proceeding']);
    expect(now.body.parties?.[1]).toMatchObject({ extensionId: '701002004', to: { phoneNumber: '102' } });
  });

  test.each([
    [
      'a device of somebody else',
      { from: { deviceId: DEVICES['102'] }, to: { phoneNumber: '+12025550166' } },
      'deviceId',
    ],
    [
      'a device that is offline',
      { from: { deviceId: '801100005' }, to: { phoneNumber: '+12025550166' } },
      'deviceId',
    ],
    ['no device', { to: { phoneNumber: '+12025550166' } }, 'from'],
    ['what is no number', { from: device, to: { phoneNumber: 'abc' } }, 'phoneNumber'],
    ['nobody', { from: device, to: {} }, 'phoneNumber'],
    [
      'two at once',
      { from: device, to: { phoneNumber: '+12025550166', extensionNumber: '102' } },
      'extensionNumber',
    ],
    ['an extension that does not exist', { from: device, to: { extensionNumber: '999' } }, 'extensionNumber'],
  ])('refuses %s', async (_, order, parameterName) => {
    const answer = await iris('POST', '/telephony/call-out', order);
    expect(answer).toMatchObject({ status: 400, body: { errorCode: 'CMN-101', parameterName } });
  });
});

describe('createConferenceCallSession and createCallPartyWithBringIn', () => {
  const conference = async () => (await iris('POST', '/telephony/conference', {})).body.session ?? {};
  const bringIn = (room: WireSession, source: WireSession, by = iris): Promise<Response> =>
    by('POST', `${sessionPath(room)}/parties/bring-in`, { sessionId: source.id, partyId: idOf(source, 2) });

  test('starts empty, with a token for the host', async () => {
    const { status, body } = await iris('POST', '/telephony/conference');
    expect(status).toBe(201);
    expect(body.session).toMatchObject({ origin: { type: 'Conference' }, parties: [] });
    const token = body.session?.voiceCallToken ?? '';
    expect(Buffer.from(token.replace('conf_', ''), 'hex').toString()).toBe(
      `${body.session?.id}@10.1.2.3:5070`,
    );
  });

  test('takes a guest, who is gone from the other call and a live member here', async () => {
    const room = await conference();
    const source = talks();
    const { status, body } = await bringIn(room, source);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      id: idOf(room, 2),
      conferenceRole: 'Participant',
      direction: 'Inbound',
      status: { code: 'Setup' },
      to: { phoneNumber: 'conference' },
    });
    expect(body).not.toHaveProperty('extensionId');
    expect((await iris('GET', partyPath(room, 2))).body.status).toEqual({
      code: 'Gone',
      peerId: { sessionId: source.id, partyId: idOf(source, 2) },
    });
    expect((await iris('GET', partyPath(source, 2))).body.status).toEqual({
      code: 'Gone',
      reason: 'Conference',
      peerId: { sessionId: room.id, partyId: idOf(room, 2) },
    });
    expect((await iris('DELETE', partyPath(room, 2))).status).toBe(204);
    expect(codesOf((await iris('GET', sessionPath(room))).body)).toEqual(['Answered', 'Disconnected']);
    expect(codesOf((await iris('GET', sessionPath(source))).body)).toEqual(['Disconnected', 'Gone']);
  });

  test('is 403 until the host is there, 409 for a session that is no conference or a call in another state', async () => {
    simulator.configure({ conferenceHostJoins: null });
    const empty = await bringIn(await conference(), talks());
    expect(empty).toMatchObject({ status: 403, body: { errors: [{ errorCode: 'TAS-106' }] } });
    simulator.configure({ conferenceHostJoins: 0 });
    expect(await bringIn(talks(), talks())).toMatchObject({ status: 409, body: WRONG_STATE });
    expect(await bringIn(await conference(), rings())).toMatchObject({ status: 409, body: WRONG_STATE });
    const others = await bringIn(await conference(), inbound(simulator, 'Answered', '102'));
    expect(others).toMatchObject({ status: 403, body: { errorCode: 'CMN-404' } });
  });

  test('does not know other calls', async () => {
    expect(await bringIn({ id: 's-nobody' }, talks())).toMatchObject({
      status: 404,
      body: notFound('telephonySessionId'),
    });
    expect(await bringIn(await conference(), { id: 's-nobody' })).toMatchObject({ status: 404 });
  });

  test('dies when its host does not come in time', async () => {
    simulator.configure({ conferenceHostJoins: null, conferenceLifetime: 0 });
    expect((await iris('DELETE', sessionPath(await conference()))).status).toBe(404);
  });

  test('ends with its host, and its guests are hung up on', async () => {
    const room = await conference();
    const source = talks();
    await bringIn(room, source);
    expect((await iris('DELETE', partyPath(room, 1))).status).toBe(204);
    expect(codesOf((await iris('GET', sessionPath(source))).body)).toEqual(['Disconnected', 'Gone']);
  });
});

describe('bridgeCallParty', () => {
  const bridge = (near: WireSession, far: WireSession, farPosition: number) =>
    iris('POST', `${partyPath(near, 2)}/bridge`, {
      telephonySessionId: far.id,
      partyId: idOf(far, farPosition),
    });

  test('takes the operator out of both calls, and one far end who leaves ends the other', async () => {
    const near = held();
    const far = simulator.startCall({ kind: 'outbound', from: '101', to: '+12025550166', state: 'Answered' });
    expect(await bridge(near, far, 1)).toMatchObject({
      status: 200,
      body: {
        id: idOf(near, 2),
        status: {
          code: 'Gone',
          reason: 'AttendedTransfer',
          peerId: { sessionId: far.id, partyId: idOf(far, 1) },
        },
      },
    });
    expect((await iris('GET', partyPath(far, 1))).body.status).toMatchObject({
      code: 'Gone',
      peerId: { sessionId: near.id, partyId: idOf(near, 2) },
    });
    expect(codesOf((await iris('GET', sessionPath(near))).body)).toEqual(['Answered', 'Gone']);
    simulator.moveParty(near.id, idOf(near, 1), { code: 'Disconnected' });
    expect(codesOf((await iris('GET', sessionPath(far))).body)).toEqual(['Gone', 'Disconnected']);
  });

  test('changes neither call when one of them is in another state, somebody else’s, or unknown', async () => {
    const near = held();
    expect(await bridge(near, rings(), 2)).toMatchObject({ status: 409, body: WRONG_STATE });
    expect(await bridge(near, inbound(simulator, 'Answered', '102'), 2)).toMatchObject({ status: 403 });
    expect(await bridge(near, { id: 's-nobody' }, 1)).toMatchObject({
      status: 404,
      body: notFound('telephonySessionId'),
    });
    expect(await bridge(near, near, 2)).toMatchObject({ status: 400 });
    expect(codesOf((await iris('GET', sessionPath(near))).body)).toEqual(['Answered', 'Hold']);
  });
});

describe('ignoreCallInQueue', () => {
  const ignore = (session: WireSession, position: number, by = iris, deviceId = DEVICES['101']) =>
    by('POST', `${partyPath(session, position)}/ignore`, { deviceId });

  test('stops one agent; when nobody rings any more, another one does', async () => {
    const session = queued();
    expect(codesOf(session)).toEqual(['Answered', 'Disconnected', 'Proceeding', 'Proceeding']);
    expect((await ignore(session, 3)).status).toBe(204);
    expect((await ignore(session, 4, tomas, DEVICES['102'])).status).toBe(204);
    const { body } = await iris('GET', sessionPath(session));
    expect(codesOf(body)).toEqual(['Answered', 'Disconnected', 'Disconnected', 'Disconnected', 'Proceeding']);
    expect(body.parties?.[4]).toMatchObject({ extensionId: '701001004', attributes: { queueCall: true } });
  });

  test('is refused with the status of the setting, because no 409 is listed', async () => {
    const plain = rings();
    expect(await ignore(plain, 2)).toMatchObject({ status: 409, body: WRONG_STATE });
    simulator.configure({ unlistedConflict: 403 });
    expect(await ignore(plain, 2)).toMatchObject({ status: 403, body: WRONG_STATE });
    expect(await iris('POST', `${partyPath(plain, 2)}/hold`)).toMatchObject({ status: 409 });
    expect(await ignore({ id: 's-nobody' }, 2)).toMatchObject({ status: 404 });
  });

  test('the agent who answers takes the call from the other', async () => {
    const session = queued();
    await iris('POST', `${partyPath(session, 3)}/answer`, device);
    const { body } = await iris('GET', sessionPath(session));
    expect(body.parties?.slice(2).map((party) => party.status)).toEqual([
      { code: 'Answered' },
      { code: 'Disconnected', reason: 'AgentAnswered' },
    ]);
  });
});

describe('pauseResumeCallRecording', () => {
  const patch = (session: WireSession, recordingId: string, body: unknown = { active: false }) =>
    iris('PATCH', `${partyPath(session, 2)}/recordings/${recordingId}`, body);

  test('pauses and resumes one and the same recording', async () => {
    const session = talks();
    const { body } = await iris('POST', `${partyPath(session, 2)}/recordings`);
    const recording = { id: body.id, mode: 'OnDemand', view: 'Party' };
    expect((await patch(session, String(body.id))).body).toEqual({ ...recording, active: false });
    expect((await patch(session, String(body.id), { active: true })).body).toEqual({
      ...recording,
      active: true,
    });
    expect((await iris('GET', partyPath(session, 2))).body.recordings).toEqual([
      { id: body.id, active: true },
    ]);
    simulator.moveParty(session.id, idOf(session, 2), { code: 'Proceeding' });
    expect(await patch(session, String(body.id))).toMatchObject({ status: 409, body: WRONG_STATE });
  });

  test('refuses to pause an automatic one, and knows no others', async () => {
    const session = talks();
    const party = simulator.moveParty(session.id, idOf(session, 2), { recording: 'Automatic' });
    expect(await patch(session, String(party.recordings?.[0]?.id))).toMatchObject({
      status: 403,
      body: { errors: [{ errorCode: 'TAS-115' }] },
    });
    expect(await patch(session, '1')).toMatchObject({ status: 404, body: notFound('recordingId') });
    expect(await patch({ id: 's-nobody' }, '1')).toMatchObject({
      status: 404,
      body: notFound('telephonySessionId'),
    });
  });
});

describe('what a party shows', () => {
  test('a phone outside the account has no owner, an own party has account and extension', async () => {
    const session = talks();
    expect((await iris('GET', sessionPath(session))).body.parties).toEqual([
      {
        attributes: {},
        direction: 'Outbound',
        from: { phoneNumber: '+12025550147' },
        id: idOf(session, 1),
        muted: false,
        standAlone: false,
        status: { code: 'Answered' },
        to: { extensionId: '701001004', name: 'Iris Vance', phoneNumber: '+12025550110' },
      },
      {
        accountId: '701000004',
        attributes: {},
        brandId: '1210',
        direction: 'Inbound',
        extensionId: '701001004',
        from: { phoneNumber: '+12025550147' },
        id: idOf(session, 2),
        muted: false,
        owner: { accountId: '701000004', brandId: '1210', extensionId: '701001004' },
        standAlone: false,
        status: { code: 'Answered' },
        to: { extensionId: '701001004', name: 'Iris Vance', phoneNumber: '+12025550110' },
      },
    ]);
  });

  test('forward and reply leave out account, extension and attributes', async () => {
    const forwarded = await iris('POST', `${partyPath(rings(), 2)}/forward`, { voicemail: '701002004' });
    expect(forwarded.body.status).toEqual({ code: 'VoiceMail' });
    for (const field of ['accountId', 'extensionId', 'attributes', 'brandId']) {
      expect(forwarded.body).not.toHaveProperty(field);
    }
    expect(forwarded.body.owner).toEqual({
      accountId: '701000004',
      brandId: '1210',
      extensionId: '701001004',
    });
  });

  test('a park location has no number, and a pickup from it leaves nobody gone', async () => {
    const session = talks();
    const parkedThere = await iris('POST', `${partyPath(session, 2)}/transfer`, { parkOrbit: '701060004' });
    expect(parkedThere.body.status).toEqual({ code: 'Parked', reason: 'ParkLocation', parkData: '' });
    expect(
      (await tomas('POST', `${partyPath(session, 2)}/pickup`, { deviceId: DEVICES['102'] })).status,
    ).toBe(201);
    expect((await iris('GET', partyPath(session, 2))).body.status).toEqual({
      code: 'Disconnected',
      reason: 'Pickup',
    });
  });

  test('who picked a parked call up can hold it, and hangs up on the caller', async () => {
    const session = parked();
    const picked = await tomas('POST', `${partyPath(session, 2)}/pickup`, { deviceId: DEVICES['102'] });
    const there = { id: `s-${picked.body.id?.slice(2, -2)}` };
    expect((await tomas('POST', `${partyPath(there, 1)}/hold`)).body.status).toEqual({ code: 'Hold' });
    expect((await tomas('DELETE', sessionPath(there))).status).toBe(204);
    expect(codesOf((await iris('GET', sessionPath(session))).body)).toEqual(['Disconnected', 'Gone']);
  });
});

describe('mute has two bodies', () => {
  test.each<[Settings['muteBody'], object, number, boolean]>([
    ['both', { muted: true }, 200, true],
    ['both', { party: { muted: true } }, 200, true],
    ['bare', { muted: true }, 200, true],
    ['bare', { party: { muted: true } }, 400, false],
    ['wrapped', { party: { muted: true } }, 200, true],
    ['wrapped', { muted: true }, 400, false],
    ['wrapped-ignored', { party: { muted: true } }, 200, false],
    ['wrapped-ignored', { muted: true }, 200, true],
  ])('with %s, %j is answered with %i', async (muteBody, body, expected, muted) => {
    simulator.configure({ muteBody });
    const session = talks();
    expect((await iris('PATCH', partyPath(session, 2), body)).status).toBe(expected);
    expect((await iris('GET', partyPath(session, 2))).body.muted).toBe(muted);
  });
});

describe('who may do what', () => {
  test('a command needs the own party', async () => {
    const answer = await tomas('POST', `${partyPath(talks(), 2)}/hold`);
    expect(answer).toMatchObject({
      status: 403,
      body: { errorCode: 'CMN-404', errors: [{ errorCode: 'CMN-404' }] },
    });
  });

  test('only the supervisor supervises', async () => {
    const order = { mode: 'Listen', supervisorDeviceId: DEVICES['102'], agentExtensionNumber: '101' };
    expect((await tomas('POST', `${sessionPath(talks())}/supervise`, order)).status).toBe(403);
  });

  test('the old names of the supervisor’s device and the agent still work', async () => {
    const order = { mode: 'Listen', deviceId: DEVICES['103'], extensionNumber: '101' };
    expect((await nadia('POST', `${sessionPath(talks())}/supervise`, order)).status).toBe(201);
  });
});

describe('wrong requests', () => {
  test('Without a body the content type is free, unless it is insisted on', async () => {
    await using simulator = await startQuiet();
    const send = clientOf(simulator);
    const hold = (type: string) => {
      const path = `${partyPath(inbound(simulator), 2)}/hold`;
      return send('POST', path, undefined, { headers: { 'content-type': type } });
    };
    expect(await hold('application/x-www-form-urlencoded')).toMatchObject({ status: 200 });

    simulator.configure({ contentType: 'insist' });
    expect(await hold('application/x-www-form-urlencoded')).toMatchObject({
      status: 415,
      body: {
        errors: [{ errorCode: 'TAS-114', message: 'Unsupported content-type. Accept: application/json' }],
      },
    });
    expect(await hold('application/json;charset=utf-8')).toMatchObject({ status: 200 });
    const session = sessionPath(inbound(simulator));
    expect(
      await send('GET', session, undefined, { headers: { 'content-type': 'text/plain' } }),
    ).toMatchObject({
      status: 200,
    });
    expect(
      await send('DELETE', session, undefined, { headers: { 'content-type': 'text/plain' } }),
    ).toMatchObject({
      status: 415,
    });
    expect(await send('DELETE', session)).toMatchObject({ status: 204 });
  });

  test('JSON that cannot be parsed is CMN-103, another content type 415, an unknown path CMN-120', async () => {
    const path = `${partyPath(rings(), 2)}/answer`;
    expect(await iris('POST', path, '{"deviceId":')).toMatchObject({
      status: 400,
      body: { errorCode: 'CMN-103' },
    });
    expect(await iris('POST', path, '[]')).toMatchObject({ status: 400, body: { errorCode: 'CMN-103' } });
    const form = { headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect(await iris('POST', path, 'deviceId=1', form)).toMatchObject({
      status: 415,
      body: { errors: [{ errorCode: 'TAS-114' }] },
    });
    expect(await iris('GET', '/telephony/nothing')).toMatchObject({
      status: 404,
      body: { errorCode: 'CMN-120' },
    });
    expect(await iris('POST', path, `"${'x'.repeat(1_048_577)}"`)).toMatchObject({ status: 413 });
  });

  test('a missing device is named', async () => {
    const entry = {
      errorCode: 'CMN-101',
      message: 'Parameter [deviceId] value is invalid.',
      parameterName: 'deviceId',
    };
    expect((await iris('POST', `${partyPath(rings(), 2)}/answer`)).body).toEqual({
      ...entry,
      errors: [entry],
    });
  });

  test.each(['..%2F..%2Foauth', '%252e%252e', '%3Fx%3D1', '%23', '%0A', '%', 'x'.repeat(10_000)])(
    'a hostile id %s is one id that nobody has',
    async (id) => {
      const answer = await iris('GET', `/telephony/sessions/${id}`);
      expect(answer).toMatchObject({ status: 404, body: notFound('telephonySessionId') });
    },
  );

  test('another account and another extension are not found, or not allowed', async () => {
    expect(await iris('GET', '/restapi/v1.0/account/1/telephony/sessions/s-1')).toMatchObject({
      status: 404,
      body: notFound('accountId'),
    });
    expect(await iris('GET', '/extension/1')).toMatchObject({ status: 404, body: notFound('extensionId') });
    expect(await iris('GET', '/extension/701002004/device')).toMatchObject({ status: 403 });
    expect((await nadia('GET', '/active-calls')).status).toBe(200);
    expect(await iris('GET', '/active-calls')).toMatchObject({
      status: 403,
      body: { permissionName: 'ReadCompanyCallLog' },
    });
  });
});

describe('finding calls', () => {
  test('the extension tells who somebody is', async () => {
    const { body } = await iris('GET', '/extension/~');
    expect(body).toMatchObject({
      id: 701001004,
      extensionNumber: '101',
      name: 'Iris Vance',
      account: { id: '701000004' },
    });
    expect((await tomas('GET', '/extension/701001004')).body).toEqual(body);
  });

  test('presence lists the own calls when asked for, and has no list when there are none', async () => {
    expect((await iris('GET', '/extension/~/presence?detailedTelephonyState=true')).body).not.toHaveProperty(
      'activeCalls',
    );
    const session = talks();
    const plain = await iris('GET', '/extension/~/presence');
    expect(plain.body).toMatchObject({
      telephonyStatus: 'CallConnected',
      presenceStatus: 'Busy',
      extension: { id: 701001004 },
    });
    expect(plain.body).not.toHaveProperty('activeCalls');
    const detailed = await iris(
      'GET',
      '/restapi/v1.0/account/701000004/extension/701001004/presence?detailedTelephonyState=true&sipData=true',
    );
    expect(detailed.body).toMatchObject({
      activeCalls: [
        {
          telephonySessionId: session.id,
          partyId: idOf(session, 2),
          direction: 'Inbound',
          from: '+12025550147',
          to: '+12025550110',
          telephonyStatus: 'CallConnected',
          startTime: expect.stringMatching(/\+0000$/),
          sessionId: expect.stringMatching(/^\d+$/),
          sipData: {},
        },
      ],
    });
  });

  test('presence of the account shows everybody, at the price of the heavy group', async () => {
    const { headers, body } = await iris('GET', '/presence?detailedTelephonyState=true');
    expect(headers.get('x-rate-limit-group')).toBeNull();
    // All but the one who hides it.
    expect(body).toMatchObject({ paging: { totalElements: EXTENSIONS.length - 1 } });
  });

  test('devices and forwarding numbers come in pages', async () => {
    expect((await iris('GET', '/extension/~/device?page=2&perPage=1')).body).toMatchObject({
      records: [{ id: '801100005', status: 'Offline' }],
      paging: { page: 2, perPage: 1, totalPages: 3, totalElements: 3, pageStart: 1, pageEnd: 1 },
      navigation: { previousPage: {}, nextPage: {} },
    });
    expect((await iris('GET', '/extension/~/forwarding-number')).body).toMatchObject({
      records: [{ flipNumber: '2' }, { type: 'Home' }],
    });
    expect((await iris('GET', '/extension/~/device?page=0')).status).toBe(400);
  });

  test('web phones are listed beside the devices', async () => {
    expect((await iris('GET', '/extension/~/webapp-devices')).body).toMatchObject({
      records: [{ id: '801500004', type: 'WebPhone', status: 'Online' }, { status: 'Offline' }],
    });
  });

  test('subscriptions are made over a socket, changed there, listed and deleted', async () => {
    using client = await connectPush(simulator);
    const { id } = await client.subscribe(OWN_CALLS);
    const path = `/restapi/v1.0/subscription/${id}`;
    const changed = await client.request('PUT', path, { eventFilters: [OWN_CALLS] });
    expect(changed).toMatchObject([{ status: 200 }, { id }]);
    expect((await iris('GET', '/restapi/v1.0/subscription')).body).toMatchObject({ records: [{ id }] });
    expect((await client.request('DELETE', path))[0].status).toBe(204);
  });

  test('active calls are connected ones', async () => {
    rings();
    const session = talks();
    const { body } = await iris('GET', '/extension/~/active-calls');
    expect(body).toMatchObject({ records: [{ telephonySessionId: session.id, result: 'In Progress' }] });
  });
});

test('an ended call can be read for a while, and is forgotten then', async () => {
  let clock = 1_790_000_000_000;
  await using patient = await startQuiet({ now: () => clock });
  const client = clientOf(patient);
  const session = inbound(patient);
  await client('DELETE', sessionPath(session));
  clock += 29_999;
  expect(codesOf((await client('GET', sessionPath(session))).body)).toEqual(['Disconnected', 'Disconnected']);
  clock += 1;
  expect((await client('GET', sessionPath(session))).status).toBe(404);
  expect(patient.calls()).toEqual([]);
});

test('park numbers run out after fifty', async () => {
  const parkedAt = new Set<string | undefined>();
  for (let calls = 0; calls < 50; calls++) {
    parkedAt.add((await iris('POST', `${partyPath(talks(), 2)}/park`)).body.status?.parkData);
  }
  expect(parkedAt.size).toBe(50);
  expect((await iris('POST', `${partyPath(talks(), 2)}/park`)).status).toBe(409);
});

describe('after all of this', () => {
  beforeAll(noteRequests);

  test('every operation that there is has succeeded at least once', () => {
    const succeeded = new Set(
      journal.flatMap(({ operationId, status }) => (status !== null && status < 300 ? [operationId] : [])),
    );
    // Those of the company are played in tests of their own.
    const company = new Set([...PEOPLE_OPERATIONS, ...PRESENCE_OPERATIONS, ...QUEUE_OPERATIONS]);
    const missing = OPERATIONS.filter((one) => !company.has(one) && !succeeded.has(one.operationId));
    expect(missing).toEqual([]);
  });

  test.skipIf(!existsSync(PUBLISHED))('every answer is valid under the published document', () => {
    const validator = createValidator(PUBLISHED);
    expect(journal.flatMap(validator.problemsOf)).toEqual([]);
    // What the document does not list, and RingCentral answers all the same.
    expect([...validator.unlisted].sort()).toEqual([
      'callFlipParty 200',
      'deleteCallParty 409',
      'ignoreCallInQueue 409',
      'listExtensionDevices 400',
      'listExtensionDevices 403',
      'readExtension 404',
      'superviseCallSession 409',
    ]);
  });
});
