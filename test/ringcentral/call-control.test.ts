import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import {
  BadUserInput,
  CallControlFailure,
  UpstreamBadResponse,
  UpstreamUnavailable,
} from '../../schema/failures.ts';
import type { Command } from '../../schema/provider.ts';
import type { HoldEnded } from '../../src/live/source.ts';
import { createCallControl } from '../../src/ringcentral/call-control.ts';
import { callerWith, json, type Script, scriptedServer, upstreamTo } from './support.ts';

const at = { sessionId: 's-a', partyId: 'p-a-2' };
const query = { lane: 'query' } as const;
const caller = callerWith('t');

const party = (more = {}) => ({ id: 'p-a-2', status: { code: 'Answered' }, muted: false, ...more });
const refusal = (errorCode: string, more = {}) => ({ errors: [{ errorCode, message: 'No.', ...more }] });

async function serving(script: Script, timeout?: number) {
  const server = await scriptedServer(script);
  const { upstream } = upstreamTo(server.url, timeout === undefined ? {} : { timeout });
  return { server, callControl: createCallControl(upstream) };
}

describe('reading', () => {
  test('a session answers it with its times; an unknown one is null, with them too.', async () => {
    const { callControl } = await serving((response, { url }) =>
      url.endsWith('s-a')
        ? json(response, 200, { id: 's-a', parties: [party()] }, { date: 'Wed, 04 Mar 2026 15:20:01 GMT' })
        : json(response, 404, refusal('CMN-102', { parameterName: 'telephonySessionId' })),
    );
    const known = await callControl.readSession(caller, 's-a', query);
    expect(known).toMatchObject({
      value: { id: 's-a', parties: [{ id: 'p-a-2' }], observedAt: known.receivedAt },
      upstreamDate: Date.parse('2026-03-04T15:20:01Z'),
    });
    const unknown = await callControl.readSession(caller, 's-b', query);
    expect(unknown.value).toBeNull();
    expect(unknown.receivedAt).toBeGreaterThanOrEqual(unknown.sentAt);
  });

  test('at a wrong address is a bad response, not an unknown call.', async () => {
    const { callControl } = await serving((response) => json(response, 404, refusal('CMN-120')));
    await expect(callControl.readSession(caller, 's-a', query)).rejects.toBeInstanceOf(UpstreamBadResponse);
  });

  test('a session as a long poll sends its parameters, and waits longer than they say.', async () => {
    const { server, callControl } = await serving((response, _, arrivals) => {
      // Answers after the usual time is long over.
      if (arrivals.length === 1) setTimeout(() => json(response, 200, { id: 's-a' }), 600);
    }, 200);
    const longPoll = { timestamp: '2026-03-04T15:20:01.000Z', timeout: 30 };
    const { value } = await callControl.readSession(caller, 's-a', { lane: 'poll', longPoll });
    expect(value?.id).toBe('s-a');
    expect(server.arrivals[0]?.url).toBe(
      '/restapi/v1.0/account/~/telephony/sessions/s-a?timestamp=2026-03-04T15%3A20%3A01.000Z&timeout=30',
    );
  });

  const empty = (status: number) => (response: ServerResponse) => response.writeHead(status).end();
  const ENDS: Record<string, [Script, HoldEnded['kind'] | null]> = {
    'that nothing was modified': [empty(304), 'nothingNew'],
    'no content': [empty(204), 'nothingNew'],
    'a success without a body': [empty(200), 'nothingNew'],
    'that somebody waited too long for the request': [empty(408), 'cut'],
    'that somebody waited too long for RingCentral': [empty(504), 'cut'],
    'the same in the words of Cloudflare': [empty(524), 'cut'],
    'that RingCentral hung up on a proxy': [empty(502), 'cut'],
    'nothing, and the connection is reset': [(response) => response.socket?.resetAndDestroy(), 'cut'],
    'nothing, and the connection is closed': [(response) => response.socket?.end(), 'cut'],
    'half a body, and the connection is closed': [
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"id":', () => response.socket?.end());
      },
      'cut',
    ],
    'that it is out of order': [empty(500), null],
    'that it is overloaded': [empty(503), null],
    'a web page': [(response) => response.end('<html>'), null],
    'nothing at all': [() => {}, null],
  };
  test.each(Object.entries(ENDS))('a session as a long poll may end with %s.', async (_, [script, kind]) => {
    const { callControl } = await serving(script, 200);
    const longPoll = { timestamp: '2026-03-04T15:20:01.000Z', timeout: 0.1 };
    const read = (more = {}) =>
      callControl.readSession(caller, 's-a', { lane: 'poll', ...more }).catch((error: unknown) => error);
    expect(await read({ longPoll })).toMatchObject(
      kind === null ? { trace: {} } : { name: 'HoldEnded', kind },
    );
    // Where nothing was held it is a failure, whatever it is.
    expect(await read()).toBeInstanceOf(CallControlFailure);
  });

  test('a party, the active calls, the extension.', async () => {
    const { server, callControl } = await serving((response, { url }) => {
      if (url.includes('/presence')) json(response, 200, { telephonyStatus: 'NoCall' });
      else if (url.includes('/parties/p-x'))
        json(response, 404, refusal('CMN-102', { parameterName: 'partyId' }));
      else if (url.includes('/parties/')) json(response, 200, party());
      else json(response, 200, { id: 7, account: { id: '1' }, extensionNumber: '101' });
    });
    const known = await callControl.readParty(caller, at, query);
    expect(known.value).toMatchObject({ id: 'p-a-2', sessionId: 's-a' });
    expect((await callControl.readParty(caller, { ...at, partyId: 'p-x' }, query)).value).toBeNull();
    expect((await callControl.readActiveCalls(caller, query)).value).toEqual([]);
    expect(await callControl.readExtension(caller, query)).toMatchObject({
      accountId: '1',
      extensionId: '7',
    });
    expect(server.arrivals.map(({ url }) => url.replace('/restapi/v1.0/account/~', ''))).toEqual([
      '/telephony/sessions/s-a/parties/p-a-2',
      '/telephony/sessions/s-a/parties/p-x',
      '/extension/~/presence?detailedTelephonyState=true',
      '/extension/~',
    ]);
  });

  test('a page of hundreds of thousands of devices takes what can be taken of it.', async () => {
    const records = [...Array(300_000).fill(0), { id: 'd-1' }];
    const { callControl } = await serving((response) => json(response, 200, { records }));
    const devices = await callControl.listDevices(caller, query);
    expect(devices.map(({ id }) => id)).toEqual(['d-1']);
  });

  test('devices and forwarding numbers turns all pages, but not without end.', async () => {
    const { server, callControl } = await serving((response, { url }) => {
      const { pathname, searchParams } = new URL(url, 'http://x');
      const page = Number(searchParams.get('page'));
      const totalPages = pathname.endsWith('/device') ? 3 : 1_000_000;
      json(
        response,
        200,
        {
          records: [{ id: pathname.endsWith('/webapp-devices') ? '4' : `${page}` }],
          paging: { page, totalPages },
        },
        { 'X-Rate-Limit-Limit': '0' },
      );
    });
    const devices = await callControl.listDevices(caller, query);
    // The phones in browsers are one list more, of ten at most.
    expect(devices.map(({ id }) => id)).toEqual(['1', '2', '3', '4']);
    expect(await callControl.listForwardingNumbers(caller, query)).toHaveLength(10);
    expect(server.arrivals).toHaveLength(14);
    expect(server.arrivals[2]?.url).toBe('/restapi/v1.0/account/~/extension/~/device?page=3&perPage=1000');
  });

  test.for([404, 403, 500])('devices lives without the list of phones in browsers (%i).', async (status) => {
    const { callControl } = await serving((response, { url }) =>
      url.includes('/webapp-devices')
        ? json(response, status, refusal('CMN-102'))
        : json(response, 200, { records: [{ id: '1' }] }),
    );
    expect((await callControl.listDevices(caller, query)).map(({ id }) => id)).toEqual(['1']);
  });

  test('a hostile id never leaves its segment.', async () => {
    const { server, callControl } = await serving((response) => json(response, 404, refusal('CMN-102')));
    await callControl.readSession(caller, '../../oauth/token?x=1#y', query);
    expect(server.arrivals[0]?.url).toBe(
      '/restapi/v1.0/account/~/telephony/sessions/..%2F..%2Foauth%2Ftoken%3Fx%3D1%23y',
    );
    await expect(callControl.readSession(caller, '..', query)).rejects.toBeInstanceOf(BadUserInput);
    expect(server.arrivals).toHaveLength(1);
  });
});

describe('a command answers', () => {
  const supervisorDeviceId = '8';
  const elsewhere = { sessionId: 's-b', partyId: 'p-b-1' };
  const ofParty = { party: { id: 'p-a-2', sessionId: 's-a' } };
  const recording = { id: '9', active: true };
  const cells: readonly [Command, status: number, body: unknown, state: object][] = [
    [
      { name: 'makeCallOut', deviceId: '8', to: { phoneNumber: '+1' } },
      201,
      { session: { id: 's-n', parties: [party({ id: 'p-n-1' })] } },
      { session: { id: 's-n', parties: [{ id: 'p-n-1', sessionId: 's-n' }] } },
    ],
    [
      { name: 'createConference' },
      201,
      { session: { id: 's-c', voiceCallToken: 'conf_1', parties: [] } },
      { session: { id: 's-c', voiceCallToken: 'conf_1' } },
    ],
    [{ name: 'dropCallSession', sessionId: 's-a' }, 204, undefined, {}],
    [
      { name: 'superviseCallSession', sessionId: 's-a', agent: { extensionId: '7' }, supervisorDeviceId },
      201,
      party(),
      ofParty,
    ],
    [{ name: 'superviseCallParty', ...at, agentExtensionId: '7', supervisorDeviceId }, 201, party(), ofParty],
    [{ name: 'bringInCallParty', sessionId: 's-a', bringIn: elsewhere }, 201, party(), ofParty],
    [{ name: 'answerCallParty', ...at, deviceId: '8' }, 200, party(), ofParty],
    [{ name: 'rejectCallParty', ...at }, 204, undefined, {}],
    [{ name: 'ignoreCallInQueue', ...at, deviceId: '8' }, 204, undefined, {}],
    [{ name: 'replyToCallParty', ...at, message: { text: 'x' } }, 200, party(), ofParty],
    [{ name: 'forwardCallParty', ...at, target: { voicemail: '7' } }, 200, party(), ofParty],
    [
      { name: 'pickupCallParty', ...at, deviceId: '8' },
      201,
      party({ id: 'p-d-1' }),
      { party: { id: 'p-d-1', sessionId: 's-d' } },
    ],
    [{ name: 'holdCallParty', ...at }, 200, party(), ofParty],
    [{ name: 'unholdCallParty', ...at }, 200, party(), ofParty],
    [{ name: 'updateCallParty', ...at, standAlone: true }, 200, party(), ofParty],
    [{ name: 'unmuteCallParty', ...at }, 200, party(), ofParty],
    [{ name: 'muteCallParty', ...at }, 200, party({ muted: true }), ofParty],
    [{ name: 'transferCallParty', ...at, target: { extensionId: '7' } }, 200, party(), ofParty],
    [{ name: 'bridgeCallParty', ...at, with: elsewhere }, 200, party(), ofParty],
    [{ name: 'parkCallParty', ...at }, 201, party(), ofParty],
    [{ name: 'flipCallParty', ...at, callFlipId: '2' }, 200, undefined, {}],
    [{ name: 'removeCallParty', ...at }, 204, undefined, {}],
    [{ name: 'startCallRecording', ...at }, 201, recording, { recording }],
    [{ name: 'startCallRecording', ...at }, 201, undefined, {}],
    [
      { name: 'pauseCallRecording', ...at, recordingId: '9' },
      200,
      { ...recording, active: false },
      { recording: { id: '9', active: false } },
    ],
    [{ name: 'resumeCallRecording', ...at, recordingId: '9' }, 200, recording, { recording }],
  ];
  for (const [command, status, body, state] of cells) {
    const shown = Object.keys(state).join() || 'no state';
    test(`${shown}: ${command.name}.`, async () => {
      const { server, callControl } = await serving((response) => {
        response.writeHead(status, { rcrequestid: 'rc-9' });
        response.end(body === undefined ? '' : JSON.stringify(body));
      });
      const answer = await callControl.command(caller, command, { requestId: 'r' });
      expect(answer).toMatchObject({ ...state, upstreamRequestId: 'rc-9' });
      expect(Object.keys(answer).sort()).toEqual(
        [...Object.keys(state), 'receivedAt', 'sentAt', 'upstreamDate', 'upstreamRequestId'].sort(),
      );
      expect(server.arrivals).toHaveLength(1);
    });
  }

  const bodiless: Record<string, Script> = {
    'a 204': (response) => response.writeHead(204).end(),
    'an empty 202': (response) => response.writeHead(202).end(),
    'an empty 200': (response) => response.writeHead(200).end(),
    'JSON that ends too soon': (response) => response.writeHead(200).end('{"id":"p-'),
    'a word': (response) => response.writeHead(201, { 'content-type': 'text/plain' }).end('Accepted'),
    null: (response) => json(response, 200, null),
    'a body of another shape': (response) => json(response, 200, { unknown: [] }),
  };
  const kinds = cells.map(([command]) => command).filter(({ name }, at, all) => all[at - 1]?.name !== name);
  for (const [name, script] of Object.entries(bodiless)) {
    test(`no state, and that it was accepted, to ${name}: every command.`, async () => {
      const { server, callControl } = await serving(script);
      for (const command of kinds) {
        const answer = await callControl.command(caller, command, {});
        expect([command.name, answer.session, answer.party, answer.recording]).toEqual([
          command.name,
          undefined,
          undefined,
          undefined,
        ]);
      }
      expect(server.arrivals).toHaveLength(kinds.length);
    });
  }

  test('a bad response to a web page: whoever wrote that accepted nothing.', async () => {
    const { callControl } = await serving((response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
    );
    const hold = callControl.command(caller, { name: 'holdCallParty', ...at }, {});
    await expect(hold).rejects.toBeInstanceOf(UpstreamBadResponse);
  });
});

describe('a mute', () => {
  const mute = { name: 'muteCallParty', ...at } as const;
  const unmute = { name: 'unmuteCallParty', ...at } as const;
  const wrapped = (body: string) => 'party' in JSON.parse(body);

  const understands: Record<'wrapped' | 'bare', Record<'refusing' | 'ignoring', Script>> = {
    wrapped: {
      refusing: (response, { body }) =>
        wrapped(body)
          ? json(response, 200, party({ muted: JSON.parse(body).party.muted }))
          : json(response, 400, refusal('CMN-101')),
      ignoring: (response, { body }) =>
        json(response, 200, party({ muted: wrapped(body) && JSON.parse(body).party.muted })),
    },
    bare: {
      refusing: (response, { body }) =>
        wrapped(body)
          ? json(response, 400, refusal('CMN-101'))
          : json(response, 200, party({ muted: JSON.parse(body).muted })),
      ignoring: (response, { body }) =>
        json(response, 200, party({ muted: !wrapped(body) && JSON.parse(body).muted })),
    },
  };
  const bodies = (arrivals: readonly { body: string }[]) =>
    arrivals.map(({ body }) => (wrapped(body) ? 'wrapped' : 'bare'));

  test('in the published body is sent once, and from then on without a second try.', async () => {
    const { server, callControl } = await serving(understands.wrapped.refusing);
    expect((await callControl.command(caller, mute, {})).party?.muted).toBe(true);
    expect((await callControl.command(caller, unmute, {})).party?.muted).toBe(false);
    expect(bodies(server.arrivals)).toEqual(['wrapped', 'wrapped']);
  });

  for (const manner of ['refusing', 'ignoring'] as const) {
    test(`is sent in the other body when RingCentral is ${manner} the first, and that is remembered.`, async () => {
      const { server, callControl } = await serving(understands.bare[manner]);
      expect((await callControl.command(caller, mute, {})).party?.muted).toBe(true);
      expect(bodies(server.arrivals)).toEqual(['wrapped', 'bare']);
      await callControl.command(caller, unmute, {});
      await callControl.command(caller, { name: 'updateCallParty', ...at, muted: true }, {});
      expect(bodies(server.arrivals)).toEqual(['wrapped', 'bare', 'bare', 'bare']);
    });
  }

  test('that a proven body no longer mends is refused after one request.', async () => {
    let broken = false;
    const { server, callControl } = await serving((response, arrival, arrivals) =>
      broken
        ? json(response, 400, refusal('CMN-101'))
        : understands.wrapped.refusing(response, arrival, arrivals),
    );
    await callControl.command(caller, mute, {});
    broken = true;
    await expect(callControl.command(caller, mute, {})).rejects.toBeInstanceOf(BadUserInput);
    expect(server.arrivals).toHaveLength(2);
  });

  test('that neither body mends is refused, and nothing is remembered.', async () => {
    const { server, callControl } = await serving((response) => json(response, 400, refusal('CMN-101')));
    await expect(callControl.command(caller, mute, {})).rejects.toBeInstanceOf(BadUserInput);
    await expect(callControl.command(caller, mute, {})).rejects.toBeInstanceOf(BadUserInput);
    expect(bodies(server.arrivals)).toEqual(['wrapped', 'bare', 'wrapped', 'bare']);
  });

  test('that is in doubt is not sent again in any body.', async () => {
    const { server, callControl } = await serving((response) => json(response, 500, {}));
    await expect(callControl.command(caller, mute, {})).rejects.toBeInstanceOf(UpstreamUnavailable);
    expect(server.arrivals).toHaveLength(1);
  });

  test('together with standAlone has only the published body.', async () => {
    const { server, callControl } = await serving(understands.bare.refusing);
    const both = { name: 'updateCallParty', ...at, muted: true, standAlone: true } as const;
    await expect(callControl.command(caller, both, {})).rejects.toBeInstanceOf(BadUserInput);
    expect(bodies(server.arrivals)).toEqual(['wrapped']);
  });

  test('with an id that cannot be one never leaves, in neither body.', async () => {
    const { server, callControl } = await serving(understands.bare.refusing);
    const hostile = { ...mute, partyId: '..' };
    await expect(callControl.command(caller, hostile, {})).rejects.toBeInstanceOf(BadUserInput);
    expect(server.arrivals).toHaveLength(0);
  });
});
