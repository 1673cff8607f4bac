/** The inputs of mutations: what is wrong in one never leaves the gateway. */
import { describe, expect, test } from 'vitest';
import { BadUserInput } from '../../schema/failures.ts';
import type { Command, CommandName } from '../../schema/provider.ts';
import { ask, createFakeProvider, data, mutation } from './fake-provider.ts';

const party = { sessionId: 's-1', partyId: 'p-2' } as const;

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
