/** Two users of one account, and the same call: what is kept for one is never shown to the other. */
import { describe, expect, test } from 'vitest';
import { type House, openHouse } from '../support/gateway.ts';
import { watch } from '../support/streams.ts';

// biome-ignore lint/suspicious/noExplicitAny: the events are whatever the operation selects.
type Event = any;

const EVENTS = /* GraphQL */ `
  subscription ($sessionId: ID!, $after: ID) {
    callEvents(sessionId: $sessionId, after: $after) {
      __typename
      ... on CallSnapshot { cursor reason session { parties { status { code } } } }
      ... on CallPartyChange { cursor party { status { code } } }
      ... on CallStreamNotice { cursor kind }
    }
  }
`;
const PARTIES = /* GraphQL */ `
  subscription ($sessionId: ID!) { callPartyUpdated(sessionId: $sessionId) { status { code } } }
`;
const SESSION = /* GraphQL */ `
  query ($sessionId: ID!) { callSession(id: $sessionId) { parties { status { code } } } }
`;
const PARTY = /* GraphQL */ `
  query ($sessionId: ID!, $partyId: ID!) { callParty(sessionId: $sessionId, id: $partyId) { status { code } } }
`;
const CALL_OUT = /* GraphQL */ `
  mutation ($input: MakeCallOutInput!) {
    makeCallOut(input: $input) { outcome replayed error { __typename message } session { id } }
  }
`;

const IRIS = 'sim-101';
const TOMAS = 'sim-102';

/** A call between the two, that only Iris may look at: RingCentral refuses Tomas. */
function callOfIris(house: House) {
  const session = house.simulator.startCall({ kind: 'internal', from: '101', to: '102', state: 'Answered' });
  house.simulator.orderFaults([
    { match: 'readCallSessionStatus', times: null, viewer: '102', do: 'status', status: 403 },
    { match: 'readCallPartyStatus', times: null, viewer: '102', do: 'status', status: 403 },
  ]);
  return { sessionId: session.id ?? '', partyId: session.parties?.[0]?.id ?? '' };
}

function subscribe(house: House, token: string, field: string, query: string, variables: object) {
  return watch<Event>(house.socket(token, { retryAttempts: 0 }), field, query, { ...variables });
}

/** What Iris has open while Tomas asks. */
const KEPT_FOR_IRIS: Readonly<
  Record<string, (house: House, call: { sessionId: string }) => Promise<unknown>>
> = {
  nothing: async () => {},
  asked: (house, call) => house.ask(SESSION, call, IRIS),
  'asked often enough for a watch': async (house, call) => {
    for (let times = 0; times < 3; times += 1) await house.ask(SESSION, call, IRIS);
  },
  'a watch of events': (house, call) => subscribe(house, IRIS, 'callEvents', EVENTS, call).next(),
  'a watch of parties': (house, call) => subscribe(house, IRIS, 'callPartyUpdated', PARTIES, call).next(),
};

describe('Where RingCentral lets Iris see a call and refuses Tomas,', () => {
  for (const [kept, keep] of Object.entries(KEPT_FOR_IRIS)) {
    test(`and Iris has ${kept}, Tomas is refused whichever way he asks.`, async () => {
      await using house = await openHouse();
      const call = callOfIris(house);
      await keep(house, call);
      const { sessionId } = call;

      for (const query of [SESSION, PARTY]) {
        const answer = await house.ask(query, query === PARTY ? call : { sessionId }, TOMAS);
        expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
        expect(Object.values(answer.data ?? {})).toEqual([null]);
      }
      for (const [field, query] of [
        ['callEvents', EVENTS],
        ['callPartyUpdated', PARTIES],
      ] as const) {
        const stream = subscribe(house, TOMAS, field, query, { sessionId });
        expect(await stream.ended).toBe('error');
        expect(JSON.stringify(stream.error())).toContain('FORBIDDEN');
        await expect(stream.next()).rejects.toThrow();
      }
    });
  }

  test('the cursor of Iris gives Tomas nothing.', async () => {
    await using house = await openHouse();
    const { sessionId } = callOfIris(house);
    const { cursor } = await subscribe(house, IRIS, 'callEvents', EVENTS, { sessionId }).next();
    const stream = subscribe(house, TOMAS, 'callEvents', EVENTS, { sessionId, after: cursor });
    expect(await stream.ended).toBe('error');
    await expect(stream.next()).rejects.toThrow();
  });
});

test('A cursor of one user is foreign to the other, even where both may see the call.', async () => {
  await using house = await openHouse();
  const session = house.simulator.startCall({ kind: 'internal', from: '101', to: '102', state: 'Answered' });
  const variables = { sessionId: session.id ?? '' };
  const { cursor } = await subscribe(house, IRIS, 'callEvents', EVENTS, variables).next();
  const event = await subscribe(house, TOMAS, 'callEvents', EVENTS, { ...variables, after: cursor }).next();
  expect(event).toMatchObject({ __typename: 'CallSnapshot', reason: 'CURSOR_FOREIGN' });
});

test('The same idempotency key of two users is two keys.', async () => {
  await using house = await openHouse();
  const input = (deviceId: string) => ({
    input: { deviceId, to: { phoneNumber: '+12025550166' }, idempotencyKey: 'the-same-key' },
  });
  const ofIris = await house.ask(CALL_OUT, input('801100004'), IRIS);
  const ofTomas = await house.ask(CALL_OUT, input('801100009'), TOMAS);
  for (const { data } of [ofIris, ofTomas]) {
    expect(data.makeCallOut).toMatchObject({ outcome: 'APPLIED', replayed: false, error: null });
  }
  expect(ofIris.data.makeCallOut.session.id).not.toBe(ofTomas.data.makeCallOut.session.id);
});

test('Each user has a list of calls of their own, also while the other one watches theirs.', async () => {
  await using house = await openHouse({ gateway: { live: { activeCallsPace: 50 } } });
  const list = 'subscription { activeCalls { sessionId } }';
  const ofIris = subscribe(house, IRIS, 'activeCalls', list, {});
  const ofTomas = subscribe(house, TOMAS, 'activeCalls', list, {});
  expect([await ofIris.next(), await ofTomas.next()]).toEqual([[], []]);
  const session = house.simulator.startCall({ kind: 'inbound', to: '101' });
  expect(await ofIris.next()).toEqual([{ sessionId: session.id }]);
  const { data } = await house.ask('{ viewer { extensionNumber activeCalls { sessionId } } }', {}, TOMAS);
  expect(data.viewer).toEqual({ extensionNumber: '102', activeCalls: [] });
});

test('Two tokens of one user share a watch and a budget; two keys of one service share neither watch nor cursor.', async () => {
  const keys = ['first-key-of-the-desk', 'second-key-of-the-desk'];
  await using house = await openHouse({
    environment: {
      RINGCENTRAL_CLIENT_ID: 'client',
      RINGCENTRAL_CLIENT_SECRET: 'secret',
      RINGCENTRAL_JWT: 'sim-jwt-101',
      GATEWAY_KEYS: keys.join(','),
    },
  });
  const session = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  const sessionId = session.id ?? '';
  const [first = '', second = ''] = keys;
  const { cursor } = await subscribe(house, first, 'callEvents', EVENTS, { sessionId }).next();
  const event = await subscribe(house, second, 'callEvents', EVENTS, { sessionId, after: cursor }).next();
  expect(event).toMatchObject({ reason: 'CURSOR_FOREIGN' });
  const stranger = await house.ask(SESSION, { sessionId }, 'no-key-of-this-desk');
  expect(stranger.errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  expect(stranger.status).toBe(401);
});
