/**
 * `availableActions` against the simulator: for every kind of party, every state and every action, what the gateway
 * says is held against what the simulator does when it is really tried, on a fresh call in that state.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CALL_ACTIONS, type CallAction } from '../../schema/failures.ts';
import type { PartyAddress } from '../../schema/model.ts';
import type { WireSession } from '../../src/ringcentral/wire.ts';
import { changeParty, PARTY_CODES, type PartyCode } from '../../src/simulator/call.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import {
  conference,
  inbound,
  move,
  own,
  PEOPLE,
  party,
  partyOf,
  queued,
  record,
  type Token,
} from '../support/command-cases.ts';
import { openStillHouse } from '../support/commands.ts';
import type { House } from '../support/gateway.ts';

let house: House;
beforeAll(async () => {
  house = await openStillHouse();
});
afterAll(() => house?.[Symbol.asyncDispose]());

/** A kind of party: how a call with one begins, and who asks what may be done to it. */
interface Kind {
  readonly token: Token;
  readonly place: (simulator: Simulator) => PartyAddress;
}

const outbound = (simulator: Simulator) =>
  simulator.startCall({ kind: 'outbound', from: '101', to: '+12025550147', state: 'Answered' });
const ofTomas = (simulator: Simulator) =>
  simulator.startCall({ kind: 'inbound', to: '102', state: 'Answered' });

/** The user's own party of a call whose other end is in this state. */
const farEnd = (place: (simulator: Simulator) => WireSession, code: string): Kind => ({
  token: 'sim-101',
  place(simulator) {
    const session = place(simulator);
    const address = own(session);
    const far = address.partyId === party(session, 1).partyId ? 2 : 1;
    move(simulator, party(session, far), { code });
    return address;
  },
});

const recorded = (active: boolean): Kind => ({
  token: 'sim-101',
  place(simulator) {
    const address = own(inbound(simulator));
    record(simulator, address, active);
    return address;
  },
});

/** Adds a third party to a call, who is called or rings. */
function thirdParty(simulator: Simulator, { id = '' }: WireSession, code: PartyCode): void {
  simulator.switchboard.change(id, (call, at) => {
    const [first] = call.parties;
    if (first === undefined) return call;
    const third = { ...first, id: `${first.id.slice(0, -1)}3`, extensionId: null, code };
    return { ...call, changedAt: at, parties: [...call.parties, third] };
  });
}

const KINDS: Readonly<Record<string, Kind>> = {
  'an own inbound party': { token: 'sim-101', place: (simulator) => own(inbound(simulator)) },
  'an own outbound party': { token: 'sim-101', place: (simulator) => own(outbound(simulator)) },
  'an own inbound party whose far end rings': farEnd(inbound, 'Proceeding'),
  'an own inbound party whose far end is a voicemail': farEnd(inbound, 'VoiceMail'),
  'an own inbound party whose far end is called': farEnd(inbound, 'Setup'),
  'an own inbound party whose far end is screened by a voicemail': farEnd(inbound, 'VoiceMailScreening'),
  'an own inbound party whose far end is a fax machine': farEnd(inbound, 'FaxReceive'),
  'an own inbound party whose far end is on hold': farEnd(inbound, 'Hold'),
  'an own inbound party beside whose far end another one is called': {
    token: 'sim-101',
    place(simulator) {
      const session = inbound(simulator);
      thirdParty(simulator, session, 'Setup');
      return own(session);
    },
  },
  'an own inbound party whose far end has left': farEnd(inbound, 'Disconnected'),
  'an own outbound party whose far end rings': farEnd(outbound, 'Proceeding'),
  'an own outbound party whose far end is called': farEnd(outbound, 'Setup'),
  'an own outbound party whose far end is a voicemail': farEnd(outbound, 'VoiceMail'),
  'an own outbound party whose far end has left': farEnd(outbound, 'Gone'),
  'an own party that is muted': {
    token: 'sim-101',
    place(simulator) {
      const address = own(inbound(simulator));
      move(simulator, address, { muted: true });
      return address;
    },
  },
  'an own party that is recorded': recorded(true),
  'an own party whose recording is paused': recorded(false),
  'an own party that is recorded automatically': {
    token: 'sim-101',
    place(simulator) {
      const address = own(inbound(simulator));
      move(simulator, address, { recording: 'Automatic' });
      return address;
    },
  },
  'an agent of a queue': { token: 'sim-101', place: (simulator) => own(queued(simulator)) },
  'another agent of a queue': { token: 'sim-101', place: (simulator) => own(queued(simulator), 'sim-102') },
  'the host of a conference': {
    token: 'sim-101',
    place: (simulator) => own(simulator.startCall({ kind: 'conference', from: '101', state: 'Answered' })),
  },
  'a participant of a conference': {
    token: 'sim-101',
    place(simulator) {
      const sessionId = conference(simulator);
      const guest = `p-${sessionId.slice(2)}-2`;
      simulator.switchboard.change(sessionId, (call, at) => {
        const [host] = call.parties;
        if (host === undefined) return call;
        const leg = { ...host, id: guest, extensionId: null, direction: 'Inbound' as const };
        const parties = [host, { ...leg, conferenceRole: 'Participant' as const }];
        return changeParty({ ...call, parties }, guest, { code: 'Gone' }, at);
      });
      return { sessionId, partyId: guest };
    },
  },
  'a party of somebody else': { token: 'sim-101', place: (simulator) => own(ofTomas(simulator), 'sim-102') },
  'a party outside of the company': { token: 'sim-101', place: (simulator) => party(inbound(simulator), 1) },
  'a party of an agent, to the supervisor': {
    token: 'sim-103',
    place: (simulator) => own(ofTomas(simulator), 'sim-102'),
  },
  'a party of an agent in a call of three, to the supervisor': {
    token: 'sim-103',
    place(simulator) {
      const session = ofTomas(simulator);
      thirdParty(simulator, session, 'Proceeding');
      return own(session, 'sim-102');
    },
  },
  'a party outside of the company, to the supervisor': {
    token: 'sim-103',
    place: (simulator) => party(inbound(simulator), 1),
  },
  'a party of somebody else, to an administrator': {
    token: 'sim-104',
    place: (simulator) => own(ofTomas(simulator), 'sim-102'),
  },
  'the own party of the supervisor': {
    token: 'sim-103',
    place: (simulator) =>
      own(simulator.startCall({ kind: 'inbound', to: '103', state: 'Answered' }), 'sim-103'),
  },
};

const MUTED = 'an own party that is muted';
const RECORDED = [
  'an own party that is recorded',
  'an own party whose recording is paused',
  'an own party that is recorded automatically',
];

/** By RingCentral's published document only with own legs. */
const OF_OWN_LEGS: ReadonlySet<CallAction> = new Set<CallAction>(['PARK', 'BRIDGE', 'BRING_IN']);

const OF_OTHERS = [
  'another agent of a queue',
  'a participant of a conference',
  'a party outside of the company',
  'a party of somebody else',
  'a party of an agent, to the supervisor',
  'a party of an agent in a call of three, to the supervisor',
  'a party outside of the company, to the supervisor',
];

const STATES = [...PARTY_CODES, 'SomethingNew'];

/** One try of an action: where, by whom, and in which state. */
interface Cell {
  readonly kind: string;
  readonly token: Token;
  readonly state: string;
  readonly action: CallAction;
}

/** Where the two differ, and why that is right. */
const EXCEPTIONS: readonly { readonly because: string; readonly holds: (cell: Cell) => boolean }[] = [
  {
    because: 'whether a user may supervise is a permission, which no call shows',
    holds: ({ action, token }) => action === 'SUPERVISE' && token !== 'sim-103',
  },
  {
    because:
      'the call does not show that a recording is automatic, which only an account with that feature can pause',
    holds: ({ action, kind }) =>
      action === 'PAUSE_RECORDING' && kind === 'an own party that is recorded automatically',
  },
  {
    because: 'pausing what is paused is accepted and changes nothing',
    holds: ({ action, kind }) =>
      action === 'PAUSE_RECORDING' && kind === 'an own party whose recording is paused',
  },
  {
    because: 'muting what is muted, and unmuting what is not, is accepted and changes nothing',
    holds: ({ action, kind }) => action === (kind === MUTED ? 'MUTE' : 'UNMUTE'),
  },
  {
    because: 'starting what is recording is accepted and changes nothing, and what is paused is resumed',
    holds: ({ action, kind }) => action === 'START_RECORDING' && RECORDED.includes(kind),
  },
  {
    because: 'resuming what is recording is accepted and changes nothing',
    holds: ({ action, kind }) =>
      action === 'RESUME_RECORDING' && kind.startsWith('an own party that is recorded'),
  },
  {
    because:
      'whether a user may command the parties of others is decided by RingCentral, and no call shows it',
    holds: ({ action, kind }) => !OF_OWN_LEGS.has(action) && OF_OTHERS.includes(kind),
  },
  {
    because: 'a phone of whoever is called must answer, and an administrator here names their own',
    holds: ({ action, token }) => action === 'ANSWER' && token === 'sim-104',
  },
  {
    because: 'RingCentral publishes that it is for own legs, and the simulator lets administrators',
    holds: ({ action, token }) => OF_OWN_LEGS.has(action) && token === 'sim-104',
  },
  {
    because: 'the phones of the supervisor have no flip number, which no call shows',
    holds: ({ action, token }) => action === 'FLIP' && token === 'sim-103',
  },
];

/** A fresh call of a kind, the party moved to a state. */
function stage({ simulator }: House, { place }: Kind, state: string): PartyAddress {
  const address = place(simulator);
  if (partyOf(simulator, address)?.status?.code !== state) move(simulator, address, { code: state });
  return address;
}

/** What `availableActions` allows. */
async function allowedBy(
  { ask }: House,
  address: PartyAddress,
  token: Token,
): Promise<ReadonlySet<CallAction>> {
  const { data } = await ask<{ callParty: { availableActions: Shown[] } }>(
    `query ($sessionId: ID!, $partyId: ID!) {
      callParty(sessionId: $sessionId, id: $partyId) { availableActions { action allowed reason } }
    }`,
    { ...address },
    token,
  );
  const { availableActions } = data.callParty;
  expect(availableActions.map(({ action }) => action)).toEqual(CALL_ACTIONS);
  // Whatever is not allowed has a reason to show, and whatever is has none.
  expect(availableActions.filter(({ allowed, reason }) => allowed !== (reason === null))).toEqual([]);
  return new Set(availableActions.filter(({ allowed }) => allowed).map(({ action }) => action));
}

interface Shown {
  readonly action: CallAction;
  readonly allowed: boolean;
  readonly reason: string | null;
}

/** Whether the simulator does it when it is asked. */
async function accepts({ simulator }: House, action: CallAction, address: PartyAddress, token: Token) {
  const { method, path, body } = REQUESTS[action]({ simulator, address, token });
  const response = await fetch(`${simulator.url}/restapi/v1.0/account/~/telephony/sessions/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  await response.arrayBuffer();
  return response.ok;
}

interface Try {
  readonly simulator: Simulator;
  readonly address: PartyAddress;
  readonly token: Token;
}
interface Request {
  readonly method: string;
  /** After `…/telephony/sessions/`. */
  readonly path: string;
  readonly body?: object;
}

/** A verb of the party. */
const post =
  (verb: string, bodyOf?: (attempt: Try) => object) =>
  (attempt: Try): Request => ({
    method: 'POST',
    path: `${pathOf(attempt.address)}/${verb}`,
    ...(bodyOf === undefined ? {} : { body: bodyOf(attempt) }),
  });

const patch =
  (body: object) =>
  ({ address }: Try): Request => ({ method: 'PATCH', path: pathOf(address), body });

const patchRecording =
  (active: boolean) =>
  ({ simulator, address }: Try): Request => {
    const recordingId = partyOf(simulator, address)?.recordings?.[0]?.id ?? 'none';
    return { method: 'PATCH', path: `${pathOf(address)}/recordings/${recordingId}`, body: { active } };
  };

const device = ({ token }: Try) => ({ deviceId: PEOPLE[token].deviceId });
const target = () => ({ phoneNumber: '+12025550199' });
const pathOf = ({ sessionId, partyId }: PartyAddress) => `${sessionId}/parties/${partyId}`;
const numberOf = (token: Token) => token.slice(-3);

/** Another call of whoever asks. */
const otherCall = ({ simulator, token }: Try) =>
  own(simulator.startCall({ kind: 'inbound', to: numberOf(token), state: 'Answered' }), token);

/** A conference of whoever asks, with its host in it. */
const ownConference = ({ simulator, token }: Try) =>
  simulator.startCall({ kind: 'conference', from: numberOf(token), state: 'Answered' }).id;

const REQUESTS: { readonly [Action in CallAction]: (attempt: Try) => Request } = {
  ANSWER: post('answer', device),
  REJECT: post('reject'),
  IGNORE: post('ignore', device),
  REPLY: post('reply', () => ({ replyWithText: 'Later.' })),
  FORWARD: post('forward', target),
  PICKUP: post('pickup', device),
  HOLD: post('hold'),
  UNHOLD: post('unhold'),
  UPDATE: patch({ party: { standAlone: true } }),
  MUTE: patch({ party: { muted: true } }),
  UNMUTE: patch({ party: { muted: false } }),
  TRANSFER: post('transfer', target),
  BRIDGE: post('bridge', (attempt) => {
    const { sessionId, partyId } = otherCall(attempt);
    return { telephonySessionId: sessionId, partyId };
  }),
  PARK: post('park'),
  FLIP: post('flip', () => ({ callFlipId: '2' })),
  REMOVE: ({ address }) => ({ method: 'DELETE', path: pathOf(address) }),
  SUPERVISE: post('supervise', ({ simulator, address, token }) => ({
    mode: 'Listen',
    supervisorDeviceId: PEOPLE[token].deviceId,
    agentExtensionId: String(partyOf(simulator, address)?.extensionId ?? 'none'),
  })),
  START_RECORDING: post('recordings'),
  PAUSE_RECORDING: patchRecording(false),
  RESUME_RECORDING: patchRecording(true),
  BRING_IN: (attempt) => ({
    method: 'POST',
    path: `${ownConference(attempt)}/parties/bring-in`,
    body: attempt.address,
  }),
  DROP_SESSION: ({ address }) => ({ method: 'DELETE', path: address.sessionId }),
};

/** Tries everything on a kind of party; answers the cells in which the two differ. */
async function differences(kind: string, where: Kind): Promise<Cell[]> {
  const { token } = where;
  const found: Cell[] = [];
  for (const state of STATES) {
    // Parked calls would fill all the slots.
    house.simulator.reset();
    const allowed = await allowedBy(house, stage(house, where, state), token);
    for (const action of CALL_ACTIONS) {
      const accepted = await accepts(house, action, stage(house, where, state), token);
      if (accepted !== allowed.has(action)) found.push({ kind, token, state, action });
    }
  }
  return found;
}

describe('Of two actions that undo each other', () => {
  // biome-ignore lint/suspicious/noExplicitAny: a party as the operation selects it.
  const reasonsOf = async (address: PartyAddress): Promise<any> => {
    const { data } = await house.ask<{ callParty: { availableActions: Shown[] } }>(
      `query ($sessionId: ID!, $partyId: ID!) {
        callParty(sessionId: $sessionId, id: $partyId) { availableActions { action allowed reason } }
      }`,
      { ...address },
    );
    return Object.fromEntries(data.callParty.availableActions.map(({ action, reason }) => [action, reason]));
  };

  // Each a call of its own: what is asked twice is watched, and shown as it was seen last.
  const inState = (code: string) => own(inbound(house.simulator, code));
  const recordedAs = (active: boolean) => {
    const address = inState('Answered');
    record(house.simulator, address, active);
    return address;
  };

  test('the one that would change nothing is not allowed, and says why.', async () => {
    expect(await reasonsOf(inState('Answered'))).toMatchObject({
      MUTE: null,
      UNMUTE: 'The party is not muted.',
      HOLD: null,
      UNHOLD: 'The party is not on hold.',
    });
    const muted = inState('Hold');
    move(house.simulator, muted, { muted: true });
    expect(await reasonsOf(muted)).toMatchObject({
      MUTE: 'The party is muted already.',
      UNMUTE: null,
      HOLD: expect.stringContaining('on hold'),
      UNHOLD: null,
    });
  });

  test('a recording is started once, and then paused and resumed.', async () => {
    expect(await reasonsOf(inState('Answered'))).toMatchObject({
      START_RECORDING: null,
      PAUSE_RECORDING: 'Nothing is being recorded.',
      RESUME_RECORDING: 'There is no paused recording.',
    });
    expect(await reasonsOf(recordedAs(true))).toMatchObject({
      START_RECORDING: 'The call is being recorded already.',
      PAUSE_RECORDING: null,
      RESUME_RECORDING: 'There is no paused recording.',
    });
    expect(await reasonsOf(recordedAs(false))).toMatchObject({
      START_RECORDING: 'The recording is paused: resume it.',
      PAUSE_RECORDING: 'Nothing is being recorded.',
      RESUME_RECORDING: null,
    });
  });
});

describe('availableActions allows exactly what RingCentral accepts', () => {
  const justified = new Set<string>();

  test.each(Object.entries(KINDS))('for %s, in every state', async (kind, where) => {
    const found = await differences(kind, where);
    const unexplained = found.filter((cell) => {
      const exception = EXCEPTIONS.find(({ holds }) => holds(cell));
      if (exception !== undefined) justified.add(exception.because);
      return exception === undefined;
    });
    expect(unexplained).toEqual([]);
  });

  test('but for the exceptions listed, of which each is needed', () => {
    expect([...justified].sort()).toEqual(EXCEPTIONS.map(({ because }) => because).sort());
  });
});
