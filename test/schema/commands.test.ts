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
import type { Command, CommandName, CommandOf } from '../../schema/provider.ts';
import { APPLIED, aParty, aSession, ask, createFakeProvider, data, START } from './fake-provider.ts';

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

/** `holdCallParty` as an operation with its input in a variable. */
function mutation(name: string, selection = 'outcome'): string {
  return `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${selection} } }`;
}

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

describe('An input', () => {
  const wrong: [name: CommandName, input: object, message: RegExp][] = [
    [
      'updateCallParty',
      party,
      /^updateCallParty: read nothing to change, allowed is at least one of muted and standAlone/,
    ],
    ['updateCallParty', { ...party, muted: null }, /^updateCallParty: read nothing to change/],
    [
      'makeCallOut',
      { deviceId: '8', to: { phoneNumber: '  ' } },
      /^to\.phoneNumber: read " {2}", allowed is 1 to 64/,
    ],
    [
      'makeCallOut',
      { deviceId: '8', to: { phoneNumber: '1'.repeat(65) } },
      /^to\.phoneNumber: .*\(65 characters\)/,
    ],
    ['makeCallOut', { deviceId: '8', to: { extensionNumber: '1\n2' } }, /^to\.extensionNumber: read "1\\n2"/],
    [
      'makeCallOut',
      { deviceId: '8', to: { extensionNumber: '1' }, countryId: 'US' },
      /^countryId: read "US"/,
    ],
    ['makeCallOut', { deviceId: '', to: { extensionNumber: '1' } }, /^deviceId: read ""/],
    ['createConference', { idempotencyKey: '' }, /^idempotencyKey: read "", allowed is 1 to 255 characters/],
    ['createConference', { idempotencyKey: 'k'.repeat(256) }, /^idempotencyKey: .*\(256 characters\)/],
    [
      'transferCallParty',
      { ...party, target: { extensionId: '../1' + '\u0000' } },
      /^target\.extensionId: read/,
    ],
    ['transferCallParty', { ...party, target: { voicemail: '..' } }, /^target\.voicemail: read "\.\."/],
    [
      'bridgeCallParty',
      { ...party, with: { sessionId: 's 2', partyId: 'p' } },
      /^with\.sessionId: read "s 2"/,
    ],
    [
      'bringInCallParty',
      { sessionId: 's-3', bringIn: { sessionId: 's', partyId: '' } },
      /^bringIn\.partyId: read ""/,
    ],
    ['pauseCallRecording', { ...party, recordingId: '.' }, /^recordingId: read "\."/],
    ['flipCallParty', { ...party, callFlipId: '' }, /^callFlipId: read ""/],
    [
      'superviseCallSession',
      { sessionId: 's-1', agent: { extensionId: '' }, supervisorDeviceId: '8' },
      /^agent\.ext/,
    ],
    ['replyToCallParty', { ...party, message: { text: ' ' } }, /^message\.text: read " "/],
    [
      'replyToCallParty',
      { ...party, message: { text: 'x'.repeat(1001) } },
      /^message\.text: .*\(1001 characters\)/,
    ],
    [
      'replyToCallParty',
      { ...party, message: { pattern: { pattern: 'ON_MY_WAY', time: 5, timeUnit: 'MINUTE' } } },
      /^message\.pattern\.time: read "5", allowed is none with ON_MY_WAY/,
    ],
    [
      'replyToCallParty',
      { ...party, message: { pattern: { pattern: 'CALL_ME_BACK', time: 0, timeUnit: 'MINUTE' } } },
      /^message\.pattern\.time: read "0 MINUTE", allowed is a whole number from 1/,
    ],
    [
      'replyToCallParty',
      { ...party, message: { pattern: { pattern: 'CALL_ME_BACK', time: 5 } } },
      /^message\.pattern\.time: read "5 without a unit"/,
    ],
    [
      'replyToCallParty',
      { ...party, message: { pattern: { pattern: 'IN_A_MEETING', timeUnit: 'DAY' } } },
      /^message\.pattern\.time: read "DAY", allowed is none with IN_A_MEETING/,
    ],
  ];

  test.each(wrong)('of %s that is wrong (%j) never leaves the gateway', async (name, input, message) => {
    const provider = createFakeProvider();
    const result = await ask(provider, mutation(name), { input });
    expect(result.errors?.[0]?.originalError).toBeInstanceOf(BadUserInput);
    expect(result.errors?.[0]?.message).toMatch(message);
    expect(provider.asked).toEqual([]);
  });

  test('may leave the time of a reply out', async () => {
    const provider = createFakeProvider();
    const message = { pattern: { pattern: 'WILL_CALL_YOU_BACK', time: null } };
    await data(provider, mutation('replyToCallParty'), { input: { ...party, message } });
    expect(provider.commands.map(({ command }): Command => command)).toEqual([
      { name: 'replyToCallParty', ...party, message: { pattern: { pattern: 'WILL_CALL_YOU_BACK' } } },
    ]);
  });
});

describe('Exactly one of', () => {
  const oneOf: [name: CommandName, input: object][] = [
    ['transferCallParty', { ...party, target: {} }],
    ['transferCallParty', { ...party, target: { phoneNumber: '+12025550147', voicemail: '1' } }],
    ['transferCallParty', { ...party, target: { phoneNumber: null } }],
    ['forwardCallParty', { ...party, target: { extensionNumber: '102', extensionId: '1' } }],
    ['forwardCallParty', { ...party, target: { parkOrbit: '1' } }],
    ['makeCallOut', { deviceId: '8', to: { phoneNumber: '+12025550147', extensionNumber: '102' } }],
    ['replyToCallParty', { ...party, message: { text: 'Hello', pattern: { pattern: 'ON_MY_WAY' } } }],
    ['superviseCallSession', { sessionId: 's-1', agent: {}, supervisorDeviceId: '8' }],
  ];

  test.each(oneOf)('in %s is enforced for %j in a variable', async (name, input) => {
    const provider = createFakeProvider();
    const result = await ask(provider, mutation(name), { input });
    expect(result.errors?.[0]?.message).toMatch(
      /Exactly one key must be specified|must be non-null|is not defined/,
    );
    expect(provider.asked).toEqual([]);
  });

  test.each([
    ['none', '{}', {}],
    ['two', '{ phoneNumber: "+12025550147", voicemail: "1" }', {}],
    ['a null', '{ phoneNumber: null }', {}],
  ])('is enforced for %s in the text of the operation', async (_, target) => {
    const provider = createFakeProvider();
    const result = await ask(
      provider,
      `mutation { transferCallParty(input: { sessionId: "s", partyId: "p", target: ${target} }) { outcome } }`,
    );
    expect(result.errors?.length).toBeGreaterThan(0);
    expect(provider.asked).toEqual([]);
  });

  test('is enforced for a variable inside the object that is left out', async () => {
    const provider = createFakeProvider();
    const result = await ask(
      provider,
      `mutation ($number: String) {
        transferCallParty(input: { sessionId: "s", partyId: "p", target: { phoneNumber: $number } }) { outcome }
      }`,
    );
    expect(result.errors?.length).toBeGreaterThan(0);
    expect(provider.asked).toEqual([]);
  });
});
