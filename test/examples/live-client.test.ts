/** The client that README gives to frontend teams: what it promises about broken connections. */
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createLiveClient } from '../../examples/live-client.ts';
import { ResumeWatchingDocument, type ResumeWatchingSubscription } from '../generated/graphql.ts';
import { openHouse, until } from '../support/gateway.ts';

type CallEvent = ResumeWatchingSubscription['callEvents'];

/** Remembers its sockets, so that a test can cut them. */
function cuttable() {
  const sockets: WebSocket[] = [];
  class Cuttable extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      sockets.push(this);
    }
  }
  return { Cuttable, sockets };
}

test('A broken connection loses no event and repeats none, and the new one brings a fresh token', async () => {
  await using house = await openHouse();
  const { id, parties } = house.simulator.startCall({ kind: 'inbound', to: '101', state: 'Answered' });
  const partyId = parties?.[1]?.id ?? '';
  const move = (changes: Record<string, unknown>) => house.simulator.moveParty(id, partyId, changes);

  const { Cuttable, sockets } = cuttable();
  let tokens = 0;
  const client = createLiveClient(
    house.gateway.url.replace('http', 'ws'),
    () => {
      tokens += 1;
      return 'sim-101';
    },
    { webSocketImpl: Cuttable },
  );
  const events: CallEvent[] = [];
  const failures: unknown[] = [];
  const leave = client.subscribe<ResumeWatchingSubscription>(
    { query: ResumeWatchingDocument.toString(), variables: { sessionId: id } },
    {
      next: ({ data }) => void (data && events.push(data.callEvents)),
      error: (reason) => void failures.push(reason),
      complete() {},
    },
  );
  try {
    await until(() => events.length === 1);
    move({ code: 'Hold' });
    await until(() => events.length === 2);

    sockets[0]?.terminate();
    move({ code: 'Answered' });
    await until(() => events.length === 3);
    move({ code: 'Hold' });
    await until(() => events.length === 4);
  } finally {
    leave();
    await client.dispose();
  }

  expect(failures).toEqual([]);
  expect(
    events.map((event) =>
      event.__typename === 'CallPartyChange' ? event.party.status.code : event.__typename,
    ),
  ).toEqual(['CallSnapshot', 'HOLD', 'ANSWERED', 'HOLD']);
  expect([sockets.length, tokens]).toEqual([2, 2]);
});
