/** The gateway with an identity of its own: how it signs in to RingCentral, and what callers notice of it. */
import { describe, expect, test } from 'vitest';
import type { SimulatorOptions } from '../../src/simulator/server.ts';
import { type Answer, type House, openHouse, until } from '../support/gateway.ts';
import { isCertainToBeTold } from '../support/live-source.ts';
import { watch } from '../support/streams.ts';

const KEY = 'the-key-of-the-desk';

/** Costs one request to RingCentral each time: nobody keeps a list of phones. */
const PHONES = '{ viewer { devices { id } } }';

const HOLD = /* GraphQL */ `
  mutation ($input: HoldCallPartyInput!) {
    holdCallParty(input: $input) { outcome error { __typename message } }
  }
`;

interface ServiceOptions {
  readonly secret?: string;
  readonly simulator?: SimulatorOptions['settings'];
  /** The clock of the sign-in, in milliseconds. */
  readonly clock?: () => number;
}

/** A house whose gateway signs in as extension 101. */
function openServiceHouse({ secret = 'secret', simulator = {}, clock }: ServiceOptions = {}): Promise<House> {
  return openHouse({
    environment: {
      RINGCENTRAL_CLIENT_ID: 'app',
      RINGCENTRAL_CLIENT_SECRET: secret,
      RINGCENTRAL_JWT: 'sim-jwt-101',
      GATEWAY_KEYS: KEY,
    },
    simulator: { settings: { journalBodies: true, ...simulator } },
    gateway: { signIn: clock === undefined ? {} : { clock } },
  });
}

function signIns(house: House) {
  return house.simulator.requests().filter(({ operationId }) => operationId === 'getToken');
}

/** How each token was asked for. */
function grants(house: House): (string | null)[] {
  return signIns(house).map(({ requestBody }) => new URLSearchParams(String(requestBody)).get('grant_type'));
}

const JWT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The token that the gateway got last. */
function currentToken(house: House): string {
  const body = signIns(house).at(-1)?.responseBody as { access_token: string } | undefined;
  return body?.access_token ?? '';
}

function askAtOnce(house: House, count: number): Promise<Answer<unknown>[]> {
  return Promise.all(Array.from({ length: count }, () => house.ask(PHONES, {}, KEY)));
}

async function readiness(house: House) {
  const response = await fetch(house.gateway.url.replace('/graphql', '/readyz'));
  return { status: response.status, ...((await response.json()) as { ok: boolean; reason?: string }) };
}

const isReady = async (house: House) => (await readiness(house)).ok;

const codesOf = (answers: readonly Answer<unknown>[]) =>
  new Set(answers.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code)));

describe('A gateway that signs in itself', () => {
  test('does so before the first caller comes, and is ready then.', async () => {
    await using house = await openServiceHouse();
    await until(() => isReady(house));
    expect(grants(house)).toEqual([JWT]);
    const { data, errors } = await house.ask('{ viewer { extensionNumber } }', {}, KEY);
    expect({ data, errors }).toEqual({ data: { viewer: { extensionNumber: '101' } }, errors: undefined });
    expect(grants(house)).toEqual([JWT]);
  });

  test('replaces each token before it ends, once for all, while a hundred ask at a time.', async () => {
    const tokenTtl = 1; // second
    await using house = await openServiceHouse({ simulator: { tokenTtl } });
    let asked = 0;
    while (signIns(house).length < 4 && asked < 100_000) {
      const answers = await askAtOnce(house, 100);
      asked += answers.length;
      expect(codesOf(answers)).toEqual(new Set());
    }
    const [first, ...renewals] = signIns(house);
    expect(grants(house)).toEqual([JWT, ...renewals.map(() => 'refresh_token')]);
    // However many needed it: no token was asked for while the one before had four fifths of its life left.
    let before = first;
    for (const renewal of renewals) {
      expect(renewal.started).toBeGreaterThanOrEqual((before?.ended ?? Infinity) + tokenTtl * 790); // two clocks, rounded
      before = renewal;
    }
  });

  test('signs in anew when its session was revoked, and nobody notices.', async () => {
    let now = 0;
    await using house = await openServiceHouse({ clock: () => now });
    await until(() => isReady(house));
    expect(codesOf(await askAtOnce(house, 1))).toEqual(new Set());
    now = 60_000; // A minute later.
    house.simulator.revoke(currentToken(house));

    const answers = await askAtOnce(house, 100);
    expect(codesOf(answers)).toEqual(new Set());
    // The refresh token went with the session.
    expect(grants(house)).toEqual([JWT, 'refresh_token', JWT]);
    expect(await isReady(house)).toBe(true);
  });

  test('tells its callers that RingCentral is away, not that they are nobody, when its session is dead.', async () => {
    let now = 0;
    await using house = await openServiceHouse({ clock: () => now });
    await until(() => isReady(house));
    const session = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
    const input = { sessionId: session.id ?? '', partyId: session.parties?.[1]?.id ?? '' };
    const streamOf = () =>
      watch<{ __typename: string; kind?: string }>(
        house.socket(KEY, { retryAttempts: 0 }),
        'callEvents',
        'subscription ($id: ID!) { callEvents(sessionId: $id) { __typename ... on CallStreamNotice { kind } } }',
        { id: input.sessionId },
      );
    const stream = streamOf();
    expect((await stream.next()).__typename).toBe('CallSnapshot');
    await until(() => isCertainToBeTold(house.simulator, input.sessionId));

    now = 60_000;
    house.simulator.orderFaults([{ match: 'getToken', times: null, do: 'status', status: 400 }]);
    house.simulator.revoke(currentToken(house));

    const { status, data } = await house.ask(HOLD, { input }, KEY);
    expect({ status, data }).toEqual({
      status: 200,
      data: {
        holdCallParty: {
          outcome: 'NOT_APPLIED',
          error: {
            __typename: 'UpstreamUnavailable',
            message: 'The gateway is not signed in: RingCentral refuses its credentials.',
          },
        },
      },
    });
    const answers = await askAtOnce(house, 20);
    expect(codesOf(answers)).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
    // Nor are their sockets closed: they hear that it is degraded, also those that come now.
    house.simulator.moveParty(input.sessionId, input.partyId, { code: 'Hold' });
    for (const reader of [stream, streamOf()]) {
      let kind: string | undefined;
      while (kind !== 'UPSTREAM_DEGRADED') ({ kind } = await reader.next());
    }
    expect(grants(house)).toEqual([JWT, 'refresh_token', JWT]);
  });
});

describe('A gateway whose credentials are wrong', () => {
  test('asks once, says so in /readyz and to its callers, and is quiet until the next allowed try.', async () => {
    let now = 0;
    await using house = await openServiceHouse({ secret: 'wrong', clock: () => now });
    await until(() => signIns(house)[0]?.ended);
    await until(async () => (await readiness(house)).reason !== 'The gateway is signing in to RingCentral.');
    expect(await readiness(house)).toEqual({
      status: 503,
      ok: false,
      reason: 'RingCentral refused to sign the gateway in. Invalid client credentials',
    });

    for (const after of [0, 30_000, 59_000]) {
      now = after;
      const [answer] = await askAtOnce(house, 50);
      expect(answer?.errors).toMatchObject([
        {
          message: 'The gateway is not signed in: RingCentral refuses its credentials.',
          extensions: { code: 'UPSTREAM_UNAVAILABLE' },
        },
      ]);
      expect(signIns(house).map(({ status }) => status)).toEqual([401]);
    }

    now = 61_000;
    await askAtOnce(house, 50);
    expect(signIns(house).map(({ status }) => status)).toEqual([401, 401]);
    expect((await readiness(house)).status).toBe(503);
  });

  test('is well again after a good try.', async () => {
    let now = 0;
    await using house = await openServiceHouse({ clock: () => now });
    await until(() => isReady(house));
    now = 60_000;
    house.simulator.orderFaults([{ match: 'getToken', times: 2, do: 'status', status: 401 }]);
    house.simulator.revoke(currentToken(house));
    expect(codesOf(await askAtOnce(house, 10))).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
    expect(await isReady(house)).toBe(false);

    now = 121_000;
    expect(codesOf(await askAtOnce(house, 10))).toEqual(new Set());
    expect(await isReady(house)).toBe(true);
  });

  test('lets nobody in by a key that is not of its list, whatever RingCentral says.', async () => {
    await using house = await openServiceHouse({ secret: 'wrong' });
    const { status, errors } = await house.ask(PHONES, {}, 'not-a-key-of-the-desk');
    expect(status).toBe(401);
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});
