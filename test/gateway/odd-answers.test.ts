/** A RingCentral that answers with something that is no answer: whoever asked is told, and every place is given back. */
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { json, scriptedServer } from '../ringcentral/support.ts';
import { FAST_PATH } from '../support/fast-path.ts';

const ME = {
  id: 101,
  uri: 'https://ringcentral.invalid/restapi/v1.0/account/1/extension/101',
  account: { id: '1' },
};
const FREE = { 'X-Rate-Limit-Limit': '0' };

const MUTATION = /* GraphQL */ `
  mutation ($input: HoldCallPartyInput!) {
    holdCallParty(input: $input) { outcome error { __typename message } party { status { code } } }
  }
`;
const QUERY = '{ callSession(id: "s-odd") { id } }';

test('A 101 to commands and reads leaves no request hanging, and no place taken.', async () => {
  let code = 'Answered';
  /** What it answers with 101. */
  let odd: 'POST' | 'GET' = 'POST';
  const server = await scriptedServer((response, { method, url }) => {
    if (url.includes('/extension/')) return json(response, 200, ME, FREE);
    if (method === odd) {
      response.socket?.write(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
      );
      return;
    }
    json(response, 200, { id: 's-1', parties: [{ id: 'p-1', status: { code } }] }, FREE);
  });
  // Were a place kept, the third command would find none.
  const config = readConfig({ PORT: '0', RINGCENTRAL_SERVER_URL: server.url, FAST_PATH, MAX_IN_FLIGHT: '2' });
  const gateway = await createGateway(config, { log: createLog('silent') });
  try {
    const ask = async (query: string, variables = {}) => {
      const response = await fetch(gateway.url, {
        method: 'POST',
        headers: {
          authorization: 'Bearer t',
          'content-type': 'application/json',
          accept: 'application/json',
        },
        body: JSON.stringify({ query, variables }),
      });
      return response.json();
    };
    const hold = async () => {
      const { data } = await ask(MUTATION, { input: { sessionId: 's-1', partyId: 'p-1' } });
      return data.holdCallParty;
    };
    for (let times = 0; times < 3; times += 1) {
      expect(await hold()).toEqual({
        outcome: 'UNKNOWN',
        error: {
          __typename: 'UpstreamUnavailable',
          message:
            'RingCentral answered with another protocol (101). Whether the command was applied is unknown: the call does not show it.',
        },
        party: { status: { code: 'ANSWERED' } },
      });
    }
    code = 'Hold';
    expect(await hold()).toMatchObject({
      outcome: 'APPLIED',
      error: null,
      party: { status: { code: 'HOLD' } },
    });

    odd = 'GET';
    for (let times = 0; times < 3; times += 1) {
      const { errors } = await ask(QUERY);
      expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_BAD_RESPONSE' } }]);
    }
  } finally {
    await gateway.stop();
  }
});
