/** The mutations: each becomes one command in the provider's words, and its result one honest payload. */
import { describe, expect, test } from 'vitest';
import {
  BadUserInput,
  type CallControlFailure,
  CallNotFound,
  Forbidden,
  Overloaded,
  RateLimited,
  UpstreamBadResponse,
  UpstreamUnavailable,
  WrongCallState,
} from '../../schema/failures.ts';
import type { CommandName, CommandOf } from '../../schema/provider.ts';
import {
  APPLIED,
  aParty,
  aSession,
  ask,
  createFakeProvider,
  data,
  mutation,
  START,
} from './fake-provider.ts';

const party = { sessionId: 's-1', partyId: 'p-2' } as const;

/** An input of every mutation, and the command it becomes. */
const COMMANDS: {
  readonly [Name in CommandName]: readonly [input: object, command: Omit<CommandOf<Name>, 'name'>];
} = {
  makeCallOut: [
    { deviceId: '801100004', to: { phoneNumber: '+12025550147' }, countryId: '1' },
    { deviceId: '801100004', to: { phoneNumber: '+12025550147' }, countryId: '1' },
  ],
  createConference: [{}, {}],
  dropCallSession: [{ sessionId: 's-1' }, { sessionId: 's-1' }],
  superviseCallSession: [
    {
      sessionId: 's-1',
      agent: { extensionNumber: '101' },
      supervisorDeviceId: '801100012',
      mediaSdp: 'SEND_ONLY',
    },
    {
      sessionId: 's-1',
      agent: { extensionNumber: '101' },
      supervisorDeviceId: '801100012',
      autoAnswer: undefined,
      mediaSdp: 'SEND_ONLY',
    },
  ],
  bringInCallParty: [
    { sessionId: 's-3', bringIn: party },
    { sessionId: 's-3', bringIn: party },
  ],
  answerCallParty: [
    { ...party, deviceId: '801100004' },
    { ...party, deviceId: '801100004' },
  ],
  rejectCallParty: [party, party],
  ignoreCallInQueue: [
    { ...party, deviceId: '801100004' },
    { ...party, deviceId: '801100004' },
  ],
  replyToCallParty: [
    { ...party, message: { pattern: { pattern: 'CALL_ME_BACK', time: 10, timeUnit: 'MINUTE' } } },
    { ...party, message: { pattern: { pattern: 'CALL_ME_BACK', time: 10, timeUnit: 'MINUTE' } } },
  ],
  forwardCallParty: [
    { ...party, target: { voicemail: '701002004' } },
    { ...party, target: { voicemail: '701002004' } },
  ],
  pickupCallParty: [
    { ...party, deviceId: '801100004' },
    { ...party, deviceId: '801100004' },
  ],
  holdCallParty: [
    { ...party, proto: 'RC' },
    { ...party, proto: 'RC' },
  ],
  unholdCallParty: [party, party],
  updateCallParty: [
    { ...party, muted: false },
    { ...party, muted: false, standAlone: undefined },
  ],
  muteCallParty: [party, party],
  unmuteCallParty: [party, party],
  transferCallParty: [
    { ...party, target: { parkOrbit: '701060004' } },
    { ...party, target: { parkOrbit: '701060004' } },
  ],
  bridgeCallParty: [
    { ...party, with: { sessionId: 's-2', partyId: 'p-1' } },
    { ...party, with: { sessionId: 's-2', partyId: 'p-1' } },
  ],
  parkCallParty: [party, party],
  flipCallParty: [
    { ...party, callFlipId: '*2' },
    { ...party, callFlipId: '*2' },
  ],
  removeCallParty: [
    { ...party, keepConferenceAlive: true },
    { ...party, keepConferenceAlive: true },
  ],
  superviseCallParty: [
    { ...party, agentExtensionId: '701001004', supervisorDeviceId: '801100012', autoAnswer: false },
    {
      ...party,
      agentExtensionId: '701001004',
      supervisorDeviceId: '801100012',
      autoAnswer: false,
      mediaSdp: undefined,
    },
  ],
  startCallRecording: [party, party],
  pauseCallRecording: [
    { ...party, recordingId: '401' },
    { ...party, recordingId: '401' },
  ],
  resumeCallRecording: [
    { ...party, recordingId: '401' },
    { ...party, recordingId: '401' },
  ],
};
const NAMES = Object.keys(COMMANDS) as CommandName[];

describe('A command', () => {
  test.each(NAMES)('%s reaches the provider once, in its words', async (name) => {
    const provider = createFakeProvider();
    const [input, command] = COMMANDS[name];
    const answer = await data(provider, mutation(name), { input });
    expect(answer).toEqual({ [name]: { outcome: 'APPLIED' } });
    expect(provider.commands).toEqual([{ command: { name, ...command }, key: null }]);
  });

  test('carries its idempotency key', async () => {
    const provider = createFakeProvider();
    await data(provider, mutation('createConference'), { input: { idempotencyKey: 'k'.repeat(255) } });
    expect(provider.commands).toEqual([{ command: { name: 'createConference' }, key: 'k'.repeat(255) }]);
  });

  test('says when it was answered from memory', async () => {
    const provider = createFakeProvider({ command: async () => ({ ...APPLIED, replayed: true }) });
    expect(await data(provider, mutation('parkCallParty', 'outcome replayed'), { input: party })).toEqual({
      parkCallParty: { outcome: 'APPLIED', replayed: true },
    });
  });

  test('runs after the one before it', async () => {
    let running = 0;
    const provider = createFakeProvider({
      command: async () => {
        expect(running).toBe(0);
        running += 1;
        await new Promise(setImmediate);
        running -= 1;
        return APPLIED;
      },
    });
    await data(
      provider,
      `mutation ($id: ID!) {
        a: holdCallParty(input: { sessionId: $id, partyId: "p-1" }) { outcome }
        b: unholdCallParty(input: { sessionId: $id, partyId: "p-1" }) { outcome }
        c: dropCallSession(input: { sessionId: $id }) { outcome }
      }`,
      { id: 's-1' },
    );
    expect(provider.commands.map(({ command }) => command.name)).toEqual([
      'holdCallParty',
      'unholdCallParty',
      'dropCallSession',
    ]);
  });

  test('answers the recording, its party and its call', async () => {
    const recording = { id: '401', active: true, mode: 'ON_DEMAND', view: null } as const;
    const recorded = aParty('s-1', 'p-2', { recordings: [recording] });
    const provider = createFakeProvider({
      command: async () => ({ ...APPLIED, recording, party: recorded, session: aSession('s-1') }),
    });
    expect(
      await data(
        provider,
        mutation(
          'startCallRecording',
          'recording { id active mode view } party { recordings { id } } session { id }',
        ),
        { input: party },
      ),
    ).toEqual({
      startCallRecording: {
        recording: { id: '401', active: true, mode: 'ON_DEMAND', view: null },
        party: { recordings: [{ id: '401' }] },
        session: { id: 's-1' },
      },
    });
  });

  test('throws what is not its fate', async () => {
    const overloaded = new Overloaded('The gateway has too much to do.');
    const provider = createFakeProvider({ command: () => Promise.reject(overloaded) });
    const result = await ask(provider, mutation('parkCallParty'), { input: party });
    expect(result.errors?.[0]?.originalError).toBe(overloaded);
  });
});

describe('A refusal', () => {
  const trace = { errorCode: 'TAS-102', upstreamRequestId: 'rc-7', status: 409 };
  const refusals: [failure: CallControlFailure, shown: object][] = [
    [
      new WrongCallState('The party is on hold already.', 'HOLD', ['UNHOLD', 'TRANSFER'], trace),
      {
        __typename: 'WrongCallState',
        message: 'The party is on hold already.',
        errorCode: 'TAS-102',
        upstreamRequestId: 'rc-7',
        actualCode: 'HOLD',
        allowedActions: ['UNHOLD', 'TRANSFER'],
      },
    ],
    [
      new CallNotFound('There is no such party.', 'partyId'),
      {
        __typename: 'CallNotFound',
        message: 'There is no such party.',
        errorCode: null,
        upstreamRequestId: null,
        parameterName: 'partyId',
      },
    ],
    [
      new Forbidden('The user may not do that.', 'CallControl'),
      {
        __typename: 'CommandForbidden',
        message: 'The user may not do that.',
        errorCode: null,
        upstreamRequestId: null,
        permissionName: 'CallControl',
      },
    ],
    [
      new BadUserInput('There is no such device.', 'deviceId'),
      {
        __typename: 'InvalidCommand',
        message: 'There is no such device.',
        errorCode: null,
        upstreamRequestId: null,
        parameterName: 'deviceId',
      },
    ],
    [
      new RateLimited('The budget is spent.', { retryAfter: 12.5, retryAt: START, sent: false }),
      {
        __typename: 'RateLimited',
        message: 'The budget is spent.',
        errorCode: null,
        upstreamRequestId: null,
        retryAt: '2026-03-04T15:20:01.417Z',
        retryAfter: 12.5,
      },
    ],
    [
      new UpstreamUnavailable('RingCentral did not answer.', true),
      {
        __typename: 'UpstreamUnavailable',
        message: 'RingCentral did not answer.',
        errorCode: null,
        upstreamRequestId: null,
      },
    ],
    [
      new UpstreamBadResponse('RingCentral answered a web page.'),
      {
        __typename: 'UpstreamUnavailable',
        message: 'RingCentral answered a web page.',
        errorCode: null,
        upstreamRequestId: null,
      },
    ],
  ];

  test.each(refusals)('%s is shown as its type, beside the true state', async (error, shown) => {
    const provider = createFakeProvider({
      command: async () => ({ ...APPLIED, outcome: 'NOT_APPLIED', error, party: aParty('s-1', 'p-2') }),
    });
    const answer = await data(
      provider,
      mutation(
        'holdCallParty',
        `outcome party { status { code } } error {
          __typename message errorCode upstreamRequestId
          ... on WrongCallState { actualCode allowedActions }
          ... on CallNotFound { parameterName }
          ... on CommandForbidden { permissionName }
          ... on InvalidCommand { parameterName }
          ... on RateLimited { retryAt retryAfter }
        }`,
      ),
      { input: party },
    );
    expect(answer).toEqual({
      holdCallParty: { outcome: 'NOT_APPLIED', party: { status: { code: 'ANSWERED' } }, error: shown },
    });
  });
});
