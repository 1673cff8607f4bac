/** Bodies that RingCentral may send on an odd day, through the public door: what can be taken is taken. */
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLog } from '../../src/telemetry/log.ts';
import { json, scriptedServer } from '../ringcentral/support.ts';
import { type House, openHouse } from '../support/gateway.ts';

/** A gateway before a RingCentral that answers these bodies, by the end of the path; and the lines of its log. */
async function openBefore(
  bodies: Readonly<Record<string, unknown>>,
): Promise<House & { readonly lines: Record<string, unknown>[] }> {
  const server = await scriptedServer((response, { url }) => {
    const { pathname } = new URL(url, 'http://ringcentral');
    const body = Object.entries({ '/extension/~': ME, ...bodies }).find(([end]) =>
      pathname.endsWith(end),
    )?.[1];
    if (body === undefined) json(response, 404, { errors: [{ errorCode: 'CMN-120', message: 'No.' }] });
    else json(response, 200, body);
  });
  const lines: Record<string, unknown>[] = [];
  const destination = new Writable({
    write(chunk, _, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const house = await openHouse({
    environment: { RINGCENTRAL_SERVER_URL: server.url },
    gateway: { log: createLog('warn', destination) },
  });
  return { ...house, lines };
}

const ME = { id: 700101, account: { id: '700001' }, extensionNumber: '101' };

const caller = { id: 'p-1', direction: 'Outbound', status: { code: 'Answered' } };
const own = { id: 'p-2', direction: 'Inbound', status: { code: 'Answered' }, muted: false };

test('A party whose extension only the owner names is the own one of that user, who may hold it.', async () => {
  const owner = { accountId: '700001', extensionId: '700101' };
  await using house = await openBefore({
    '/sessions/s-1': { id: 's-1', parties: [caller, { ...own, owner }] },
  });
  const { data } = await house.ask(`{ viewer { extensionId } callSession(id: "s-1") {
    party(id: "p-2") { accountId extensionId availableActions { action allowed reason } }
  } }`);
  expect(data.callSession.party).toMatchObject({ accountId: '700001', extensionId: '700101' });
  expect(data.callSession.party.availableActions).toContainEqual({
    action: 'HOLD',
    allowed: true,
    reason: null,
  });
});

test('One party, device and number without an id cost only themselves, are counted, and are a line in the log.', async () => {
  await using house = await openBefore({
    '/sessions/s-1': {
      id: 's-1',
      parties: [caller, { status: { code: 'Answered' } }, own, { ...own, id: null }],
    },
    '/device': { records: [{ name: 'Lobby' }, { id: 80101, name: 5, type: 'HardPhone' }] },
    '/forwarding-number': { records: [{ label: 'Home' }, { id: '4', flipNumber: 2 }] },
  });
  const { data, errors } = await house.ask(`{
    callSession(id: "s-1") { parties { id } }
    viewer { devices { id name } forwardingNumbers { id flipNumber } }
  }`);
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    callSession: { parties: [{ id: 'p-1' }, { id: 'p-2' }] },
    viewer: {
      devices: [{ id: '80101', name: '5' }],
      forwardingNumbers: [{ id: '4', flipNumber: '2' }],
    },
  });
  expect(house.lines.map(({ level, kind }) => [level, kind])).toEqual(
    expect.arrayContaining(['party', 'device', 'forwarding number'].map((kind) => ['warn', kind])),
  );
  expect(house.lines.filter(({ kind }) => kind === 'party')).toHaveLength(1);
  const metrics = await (await fetch(new URL('/metrics', house.gateway.url))).text();
  expect(metrics).toContain('gateway_upstream_left_out_total{kind="party"} 2');
});

test('A party that is asked for by its id is read although its body names none.', async () => {
  await using house = await openBefore({ '/parties/p-2': { status: { code: 'Hold' } } });
  const { data } = await house.ask('{ callParty(sessionId: "s-1", id: "p-2") { id status { code } } }');
  expect(data).toEqual({ callParty: { id: 'p-2', status: { code: 'HOLD' } } });
});

test('A session that does not say which one it is, and a body that is none, cannot be read.', async () => {
  await using house = await openBefore({
    '/sessions/s-1': { parties: [caller] },
    '/sessions/s-2': [],
    '/sessions/s-3': 'call',
  });
  const { data, errors } = await house.ask('{ callSessions(ids: ["s-1", "s-2", "s-3"]) { id } }');
  expect(data).toEqual({ callSessions: [null, null, null] });
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(Array(3).fill('UPSTREAM_BAD_RESPONSE'));
});
