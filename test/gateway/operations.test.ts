import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AvailableAction, CommandName } from '../../schema/provider.ts';
import type { JournalEntry } from '../../src/simulator/journal.ts';
import { createValidator, PUBLISHED } from '../simulator/published.ts';
import { COMMAND_NAMES, COMMANDS, type Input, inbound, move, own, party } from '../support/command-cases.ts';
import { give, idsIn, mutationOf, openStillHouse, untruthsIn, withId } from '../support/commands.ts';
import type { House } from '../support/gateway.ts';
import { isToListen } from '../support/live-source.ts';

let house: House;
beforeAll(async () => {
  house = await openStillHouse({ simulator: { settings: { journalBodies: true, contentType: 'insist' } } });
});
afterAll(() => house?.[Symbol.asyncDispose]());

const command = (name: CommandName, input: Input) => give(house, name, input);

/** The requests that something makes, as `method operationId`. */
async function requestsOf(work: () => Promise<unknown>): Promise<string[]> {
  const before = house.simulator.requests().length;
  await work();
  return house.simulator
    .requests()
    .slice(before)
    .filter((entry) => !isToListen(entry))
    .map(({ operationId }) => operationId ?? 'none');
}

describe('A command', () => {
  test.each(COMMAND_NAMES)(
    '%s is carried out once, and its payload shows the call as it is then',
    async (name) => {
      const { input, isApplied } = COMMANDS[name].ready(house.simulator);
      expect(isApplied()).toBe(false);
      const requests = await requestsOf(async () => {
        const payload = await command(name, input);
        expect(payload).toMatchObject({ outcome: 'APPLIED', replayed: false, error: null });
        expect(untruthsIn(house.simulator, payload)).toEqual([]);
        // Nothing is left out: a call, and a party or a recording where one is acted on.
        expect(
          Object.entries(payload).filter(([field, value]) => value === null && field !== 'error'),
        ).toEqual([]);
      });
      expect(isApplied()).toBe(true);
      expect(requests.filter((operationId) => !operationId.startsWith('read'))).toEqual([
        COMMANDS[name].operationId,
      ]);
    },
  );

  const stateless = COMMAND_NAMES.filter((name) => typeof COMMANDS[name].wrongState === 'string');
  const stateful = COMMAND_NAMES.filter((name) => !stateless.includes(name) && name !== 'dropCallSession');

  test.each(stateful)('%s is refused in a wrong state, with that state and what it allows', async (name) => {
    const { wrongState, action, token } = COMMANDS[name];
    if (typeof wrongState === 'string') throw new Error(wrongState);
    const input = wrongState(house.simulator);
    const { outcome, error, ...state } = await command(name, input);
    expect(outcome).toBe('NOT_APPLIED');
    expect(error).toMatchObject({ __typename: 'WrongCallState', errorCode: 'TAS-102' });
    expect(untruthsIn(house.simulator, { outcome, error, ...state })).toEqual([]);
    if (typeof input.partyId !== 'string') {
      expect(error?.message).toBe('The call is not in a state that allows this now.');
      return;
    }

    const { data } = await house.ask(
      `query ($sessionId: ID!, $partyId: ID!) {
        callParty(sessionId: $sessionId, id: $partyId) {
          status { code }
          availableActions { action allowed reason }
        }
      }`,
      { sessionId: input.sessionId, partyId: input.partyId },
      token,
    );
    const actions: readonly AvailableAction[] = data.callParty.availableActions;
    const allowed = actions.filter((one) => one.allowed).map((one) => one.action);
    expect(error?.message).toBe(actions.find((one) => one.action === action)?.reason);
    expect(error?.actualCode).toBe(data.callParty.status.code);
    expect(error?.allowedActions).toEqual(allowed);
    expect(allowed).not.toContain(action);
  });

  test('dropCallSession of a call that is over answers that there is none, beside the call as it ended', async () => {
    const { wrongState } = COMMANDS.dropCallSession;
    if (typeof wrongState === 'string') throw new Error(wrongState);
    const payload = await command('dropCallSession', wrongState(house.simulator));
    expect(payload).toMatchObject({ outcome: 'NOT_APPLIED', error: { __typename: 'CallNotFound' } });
    expect(payload.session?.parties.map(({ status }) => status.code)).toEqual([
      'DISCONNECTED',
      'DISCONNECTED',
    ]);
  });

  test('has no wrong state only where it begins a call', () => {
    expect(stateless).toEqual(['makeCallOut', 'createConference']);
  });

  const addressed = COMMAND_NAMES.filter((name) => !stateless.includes(name));

  test.each(addressed)('%s is refused for every id that RingCentral does not know', async (name) => {
    const { input, isApplied } = COMMANDS[name].ready(house.simulator);
    for (const path of idsIn(input)) {
      const { outcome, error } = await command(name, withId(input, path, 'unknown-1'));
      expect([path, outcome, error?.__typename]).toEqual([path, 'NOT_APPLIED', 'CallNotFound']);
      const named = path.at(-1) === 'sessionId' ? 'telephonySessionId' : path.at(-1);
      expect(error?.parameterName).toBe(named);
    }
    expect(isApplied()).toBe(false);
  });
});

describe('A query', () => {
  const CALL = `query ($id: ID!) { callSession(id: $id) { id parties { id status { rawCode } } } }`;
  const PARTY = `query ($sessionId: ID!, $id: ID!) { callParty(sessionId: $sessionId, id: $id) { id status { rawCode } } }`;

  test('reads a call', async () => {
    const session = inbound(house.simulator, 'Hold');
    const { data } = await house.ask(CALL, { id: session.id });
    expect(data.callSession).toEqual({
      id: session.id,
      parties: [
        { id: party(session, 1).partyId, status: { rawCode: 'Answered' } },
        { id: party(session, 2).partyId, status: { rawCode: 'Hold' } },
      ],
    });
  });

  test('reads a party alone', async () => {
    const { sessionId, partyId } = own(inbound(house.simulator));
    const requests = await requestsOf(async () => {
      const { data } = await house.ask(PARTY, { sessionId, id: partyId });
      expect(data.callParty).toEqual({ id: partyId, status: { rawCode: 'Answered' } });
    });
    expect(requests).toEqual(['readCallPartyStatus']);
  });

  test('answers null for a call and a party that RingCentral does not know', async () => {
    const { sessionId } = own(inbound(house.simulator));
    expect((await house.ask(CALL, { id: 's-unknown' })).data).toEqual({ callSession: null });
    expect((await house.ask(PARTY, { sessionId, id: 'p-unknown' })).data).toEqual({ callParty: null });
    expect((await house.ask(PARTY, { sessionId: 's-unknown', id: 'p-1' })).data).toEqual({ callParty: null });
  });

  test('for a call with its parties and their back-references costs one request', async () => {
    const { id } = inbound(house.simulator);
    const requests = await requestsOf(async () => {
      const { data } = await house.ask(
        `query ($id: ID!) {
          callSession(id: $id) {
            parties { id session { id parties { session { id } availableActions { action } } } }
            again: parties { session { origin { type } } }
          }
        }`,
        { id },
      );
      expect(data.callSession.parties[1].session.parties[0].session.id).toBe(id);
    });
    expect(requests).toEqual(['readCallSessionStatus']);
  });

  test('for a party with its call reads the call, once for all its parties', async () => {
    const session = inbound(house.simulator);
    const requests = await requestsOf(() =>
      house.ask(
        `query ($s: ID!, $a: ID!, $b: ID!) {
          a: callParty(sessionId: $s, id: $a) { id session { id } }
          b: callParty(sessionId: $s, id: $b) { id availableActions { action } }
          c: callSession(id: $s) { id }
        }`,
        { s: session.id, a: party(session, 1).partyId, b: party(session, 2).partyId },
      ),
    );
    expect(requests).toEqual(['readCallSessionStatus']);
  });

  test('for several calls reads each once, and answers in the order asked', async () => {
    const [a = '', b = ''] = [inbound(house.simulator).id, inbound(house.simulator).id];
    const requests = await requestsOf(async () => {
      const { data } = await house.ask('query ($ids: [ID!]!) { callSessions(ids: $ids) { id } }', {
        ids: [b, a, 's-unknown', b, a],
      });
      expect(data.callSessions).toEqual([{ id: b }, { id: a }, null, { id: b }, { id: a }]);
    });
    expect(requests).toEqual(Array(3).fill('readCallSessionStatus'));
  });
});

describe('A mutation', () => {
  test('that shows only the party costs one request', async () => {
    const { input } = COMMANDS.holdCallParty.ready(house.simulator);
    const requests = await requestsOf(() =>
      house.ask(
        `mutation ($input: HoldCallPartyInput!) {
          holdCallParty(input: $input) { outcome error { message } party { id status { code } extensionId } }
        }`,
        { input },
      ),
    );
    expect(requests).toEqual(['holdCallParty']);
  });

  test('after another one of the same operation sees what that one did', async () => {
    const address = own(inbound(house.simulator));
    const requests = await requestsOf(async () => {
      const { data } = await house.ask(
        `mutation ($hold: HoldCallPartyInput!, $transfer: TransferCallPartyInput!) {
          holdCallParty(input: $hold) { party { status { code } session { parties { status { code } } } } }
          transferCallParty(input: $transfer) {
            party { status { code } }
            session { parties { status { code } } }
          }
        }`,
        { hold: address, transfer: { ...address, target: { extensionNumber: '102' } } },
      );
      const codes = (...all: string[]) => all.map((code) => ({ status: { code } }));
      expect(data).toEqual({
        holdCallParty: {
          party: { status: { code: 'HOLD' }, session: { parties: codes('ANSWERED', 'HOLD') } },
        },
        transferCallParty: {
          party: { status: { code: 'DISCONNECTED' } },
          session: { parties: codes('ANSWERED', 'DISCONNECTED', 'PROCEEDING') },
        },
      });
    });
    expect(requests).toEqual([
      'holdCallParty',
      'readCallSessionStatus',
      'transferCallParty',
      'readCallSessionStatus',
    ]);
  });
});

describe('Between gateway and RingCentral', () => {
  /** What a tour through everything sends: each command carried out, refused, and for nothing; and every read. */
  async function tour(): Promise<readonly JournalEntry[]> {
    const before = house.simulator.requests().length;
    for (const name of COMMAND_NAMES) {
      const { ready, wrongState } = COMMANDS[name];
      const { input } = ready(house.simulator);
      for (const path of idsIn(input)) await command(name, withId(input, path, 'unknown-1'));
      if (typeof wrongState !== 'string') await command(name, wrongState(house.simulator));
      await command(name, input);
    }
    await moreBodies();
    const session = inbound(house.simulator);
    const { sessionId, partyId } = own(session);
    move(house.simulator, { sessionId, partyId }, { recording: 'Automatic' });
    await house.ask(
      `query ($s: ID!, $p: ID!) {
        viewer {
          name activeCalls { id } devices { id } forwardingNumbers { id }
        }
        callSession(id: $s) { id }
        unknown: callSession(id: "s-unknown") { id }
      }`,
      { s: sessionId, p: partyId },
    );
    await house.ask('query ($s: ID!, $p: ID!) { callParty(sessionId: $s, id: $p) { id } }', {
      s: sessionId,
      p: partyId,
    });
    // Introduces extension 102, who may not hold somebody else's call.
    await house.ask(mutationOf('holdCallParty'), { input: { sessionId, partyId } }, 'sim-102');
    return house.simulator.requests().slice(before);
  }

  /** The bodies that the table has no room for. */
  async function moreBodies(): Promise<void> {
    const rings = () => own(inbound(house.simulator, 'Proceeding'));
    const talks = () => own(inbound(house.simulator));
    await command('holdCallParty', { ...talks(), proto: 'BROAD_WORKS_OR_DISCONNECT_HOLDER' });
    await command('updateCallParty', { ...talks(), standAlone: true });
    await command('removeCallParty', { ...talks(), keepConferenceAlive: true });
    for (const target of [
      { phoneNumber: '+12025550199' },
      { extensionId: '701002004' },
      { voicemail: '701002004' },
    ]) {
      await command('forwardCallParty', { ...rings(), target });
      await command('transferCallParty', { ...talks(), target });
    }
    await command('transferCallParty', { ...talks(), target: { parkOrbit: '701060004' } });
    for (const pattern of [
      { pattern: 'CALL_ME_BACK', time: 5, timeUnit: 'MINUTE' },
      { pattern: 'ON_THE_OTHER_LINE_NO_CALL' },
    ]) {
      await command('replyToCallParty', { ...rings(), message: { pattern } });
    }
    const { input } = COMMANDS.superviseCallSession.ready(house.simulator);
    await command('superviseCallSession', {
      ...input,
      agent: { extensionId: '701001004' },
      autoAnswer: false,
      mediaSdp: 'SEND_RECV',
    });
    const { input: callOut } = COMMANDS.makeCallOut.ready(house.simulator);
    await command('makeCallOut', { ...callOut, to: { extensionNumber: '102' }, countryId: '1' });
    const refused = await command('makeCallOut', { ...callOut, deviceId: 'no-such-device' });
    expect(refused).toMatchObject({ outcome: 'NOT_APPLIED', error: { __typename: 'InvalidCommand' } });
  }

  test('every one of the 24 operations of call control is used', async () => {
    const sent = (await tour()).filter((entry) => !isToListen(entry));
    const used = new Set(sent.map(({ operationId }) => operationId));
    expect([...used].filter((id) => id !== null && !OTHERS.includes(id)).sort()).toEqual(CALL_CONTROL);
    expect(used).not.toContain(null);
  });

  // The document is RingCentral's and no part of this project; where it is not at hand this shows as skipped.
  test.skipIf(!existsSync(PUBLISHED))(
    'every request and every answer is valid under the published document',
    async () => {
      const entries = await tour();
      const { problemsOf, requestProblemsOf, unlisted } = createValidator(PUBLISHED);
      // A call that is asked for twice within ten seconds is polled, which this edition of the document has dropped.
      const isKnown = (problem: string) => LONG_POLL.has(problem) || problem === EMPTY_OBJECT;
      const problems = entries.flatMap(requestProblemsOf).filter((problem) => !isKnown(problem));
      expect(problems).toEqual([]);
      expect(entries.flatMap(problemsOf)).toEqual([]);
      // RingCentral lists no 409 for these, and no body for the answer to a flip.
      expect([...unlisted].sort()).toEqual([
        'callFlipParty 200',
        'deleteCallParty 409',
        'ignoreCallInQueue 409',
        'superviseCallSession 409',
      ]);
    },
  );
});

const LONG_POLL = new Set(
  ['timestamp', 'timeout'].map((name) => `readCallSessionStatus: there is no query parameter ${name}`),
);

/** As RingCentral's own SDK begins a conference. */
const EMPTY_OBJECT = 'createConferenceCallSession: there is no body, but {} was sent';

const CALL_CONTROL = [
  'answerCallParty',
  'bridgeCallParty',
  'callFlipParty',
  'callParkParty',
  'createCallOutCallSession',
  'createCallPartyWithBringIn',
  'createConferenceCallSession',
  'deleteCallParty',
  'deleteCallSession',
  'forwardCallParty',
  'holdCallParty',
  'ignoreCallInQueue',
  'pauseResumeCallRecording',
  'pickupCallParty',
  'readCallPartyStatus',
  'readCallSessionStatus',
  'rejectParty',
  'replyParty',
  'startCallRecording',
  'superviseCallParty',
  'superviseCallSession',
  'transferCallParty',
  'unholdCallParty',
  'updateCallParty',
];

/** What finding calls needs beside. */
const OTHERS = ['readExtension', 'readUserPresenceStatus', 'listExtensionDevices', 'listForwardingNumbers'];
