/** What is held of an account: the lives of calls as RingCentral tells them, also in disorder and twice, and never too much. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AccountMemory, MEMORY_LIMITS, type Result } from '../../src/account/account-memory.ts';
import type { Change } from '../../src/account/change.ts';
import { heard, NOTHING_HEARD } from '../../src/account/sequence.ts';
import type { PresenceNews } from '../../src/account/source.ts';
import { waitingCall } from '../../src/account/waiting.ts';
import type { PartyNews } from '../../src/live/source.ts';
import type { RingCentralKind } from '../../src/ringcentral/call-kind.ts';
import { RINGCENTRAL_CALLS } from '../../src/ringcentral/call-shape.ts';
import { readPresenceNews } from '../../src/ringcentral/push/presence-news.ts';
import {
  DANA,
  INBOUND,
  INBOUND_LIFE,
  newsOfLife,
  OMAR,
  OUTBOUND,
  OUTBOUND_LIFE,
  QUEUE_LIFE,
  QUEUED,
  type Step,
  SUPPORT,
} from './lives.ts';

const openMemory = (limits = {}) =>
  new AccountMemory(RINGCENTRAL_CALLS, () => '', { ...MEMORY_LIMITS, ...limits });

type News = PartyNews<RingCentralKind>;

const NOTHING = { changes: [], worth: 'known', missing: 'nothing' } as const;
const ARRIVAL = Date.UTC(2026, 2, 4, 16);

function told(change: Change): string {
  switch (change.kind) {
    case 'party':
      return `${change.party.id.split('-').at(-1)} ${change.party.status.code}`;
    case 'presence':
      return `${change.presence.extensionId} ${change.presence.telephonyStatus}`;
    default:
      return change.kind;
  }
}

const hear = (memory: AccountMemory, news: readonly News[]): Result[] =>
  news.map((one) => memory.hear(one, true));
const toldBy = (results: readonly Result[]) => results.flatMap(({ changes }) => changes.map(told));
/** Those that are shown at the end: of each party its last state. */
const shownBy = (results: readonly Result[]) =>
  Object.fromEntries(toldBy(results).flatMap((text) => (/^\d/.test(text) ? [text.split(' ')] : [])));

const LIVES = {
  'from outside that is sent on': [INBOUND, INBOUND_LIFE],
  'to somebody outside': [OUTBOUND, OUTBOUND_LIFE],
  'to a queue of two agents': [QUEUED, QUEUE_LIFE],
} as const satisfies Record<string, readonly [string, readonly Step[]]>;

describe('A call', () => {
  test('from outside that is sent on is told party by party, until nobody is left in it', () => {
    const memory = openMemory();
    const results = hear(memory, newsOfLife(INBOUND, INBOUND_LIFE));
    expect(toldBy(results)).toEqual([
      'began',
      '2 SETUP',
      '1 ANSWERED',
      '2 PROCEEDING',
      '2 ANSWERED',
      '2 HOLD',
      '2 ANSWERED',
      '2 DISCONNECTED',
      '3 SETUP',
      '3 PROCEEDING',
      '3 ANSWERED',
      '3 DISCONNECTED',
      '1 DISCONNECTED',
      'ended',
    ]);
    expect(memory.calls()).toEqual([]);
    const last = results.flatMap(({ changes }) => changes).at(-1);
    if (last?.kind !== 'ended') throw new Error(`The last was ${last?.kind}.`);
    const { session } = last;
    expect(
      session.parties.map(({ extensionId, status, to }) => [extensionId, status.reason, to?.name]),
    ).toEqual([
      [null, null, 'Dana Ruiz'],
      [DANA, 'BLIND_TRANSFER', 'Dana Ruiz'],
      [OMAR, null, 'Omar Field'],
    ]);
  });

  test('to somebody outside is told with the party that has no extension', () => {
    const results = hear(openMemory(), newsOfLife(OUTBOUND, OUTBOUND_LIFE));
    expect(toldBy(results)).toEqual([
      'began',
      '2 PROCEEDING',
      '1 PROCEEDING',
      '2 ANSWERED',
      '1 ANSWERED',
      '1 DISCONNECTED',
      '2 DISCONNECTED',
      'ended',
    ]);
  });

  test('to a queue of two agents waits until one of them has answered', () => {
    const memory = openMemory();
    const waits = newsOfLife(QUEUED, QUEUE_LIFE).map((news) => {
      memory.hear(news, true);
      const session = memory.call(QUEUED);
      return session && (waitingCall(session, (id) => id === SUPPORT)?.ringingExtensionIds ?? null);
    });
    expect(waits).toEqual([
      null,
      [],
      [],
      [],
      [DANA],
      [DANA],
      [DANA, OMAR],
      [DANA, OMAR],
      null,
      null,
      null,
      undefined,
    ]);
  });

  for (const [name, [id, life]] of Object.entries(LIVES)) {
    test(`${name} asks for nothing while all of it is told in order`, () => {
      const results = hear(openMemory(), newsOfLife(id, life));
      expect(results.map(({ missing }) => missing)).toEqual(results.map(() => 'nothing'));
      expect(results.map(({ worth }) => worth)).toEqual(results.map(() => 'applied'));
    });

    test(`${name} comes to the same, each state told once, in whatever disorder and however often it is told`, () => {
      const inOrder = newsOfLife(id, life);
      const expected = shownBy(hear(openMemory(), inOrder));
      const lateness = fc.array(fc.nat(4), { minLength: life.length, maxLength: life.length });
      const doubled = fc.subarray(inOrder.map((_, index) => index));
      fc.assert(
        fc.property(lateness, doubled, (late, twice) => {
          const arriving = inOrder
            .flatMap((news, index) => {
              const place = index + (late[index] ?? 0);
              return twice.includes(index)
                ? [
                    { news, place },
                    { news, place: place + 3 },
                  ]
                : [{ news, place }];
            })
            .sort((one, other) => one.place - other.place)
            // As they arrive, by the clock of whoever hears them.
            .map(({ news }, index) => ({ ...news, receivedAt: ARRIVAL + index }));
          const memory = openMemory();
          const results = hear(memory, arriving);
          // Somebody left before anybody knew of the call: it is asked for, and RingCentral knows it no more.
          if (results.some(({ missing }) => missing === 'now'))
            for (const sentAt of [ARRIVAL + 1_000, ARRIVAL + 2_000])
              results.push({ ...NOTHING, ...memory.miss(id, { sentAt, receivedAt: sentAt + 50 }) });
          // Everybody has gone: it is over, is not told on, and makes no ghost.
          expect(memory.callIds()).toEqual([]);
          expect(shownBy(results)).toMatchObject(expected);
          const all = toldBy(results);
          expect(all.filter((text) => text === 'began')).toHaveLength(1);
          expect(all.filter((text) => text === 'ended')).toHaveLength(1);
          for (const party of ['1', '2', '3', '4']) {
            const states = all.filter((text) => text.startsWith(`${party} `));
            expect(states.filter((text, at) => text === states[at - 1])).toEqual([]);
          }
        }),
        { numRuns: 300 },
      );
    });
  }
});

describe('News that are overtaken on their way', () => {
  const [, setup, , proceeding] = newsOfLife(INBOUND, INBOUND_LIFE) as [News, News, News, News];
  const first = newsOfLife(INBOUND, INBOUND_LIFE)[0] as News;

  test('tell more than a body, and that is no change when a gateway that read the call meets one that was told of it', () => {
    const news = newsOfLife(INBOUND, INBOUND_LIFE).slice(0, 6);
    const [toldOf, hasRead] = [openMemory(), openMemory()];
    hear(toldOf, news);
    const session = toldOf.call(INBOUND);
    if (session === undefined) throw new Error('The call is not known.');
    const parties = session.parties.map((one) => ({ ...one, status: { ...one.status, rcc: null } }));
    expect(session.parties.map(({ status }) => status.rcc)).not.toEqual(parties.map(() => null));
    hasRead.take({ ...session, parties }, { sentAt: ARRIVAL, receivedAt: ARRIVAL });
    const [read, heardOf] = [hasRead.whole(), toldOf.whole()];
    expect(hasRead.adopt(heardOf)).toEqual([]);
    expect(toldOf.adopt(read)).toEqual([]);
    hear(toldOf, newsOfLife(INBOUND, INBOUND_LIFE).slice(6, 7));
    expect(hasRead.adopt(toldOf.whole()).map(told)).toEqual(['2 ANSWERED']);
  });

  test('never put a party back, and until they are here something may be missing', () => {
    const memory = openMemory();
    memory.hear(first, true);
    expect(memory.hear(proceeding, true)).toMatchObject({ worth: 'applied', missing: 'soon' });
    expect(memory.isWhole(INBOUND)).toBe(false);
    expect(memory.hear(setup, true)).toMatchObject({ changes: [], worth: 'old' });
    expect(memory.call(INBOUND)?.parties.map(({ status }) => status.code)).toEqual(['SETUP', 'PROCEEDING']);
  });

  test('of two parties are told as they come, and the call ends with the later of both', () => {
    const all = newsOfLife(INBOUND, INBOUND_LIFE);
    const [callee, caller] = all.slice(-2) as [News, News];
    const memory = openMemory();
    hear(memory, all.slice(0, -2));
    expect(toldBy([memory.hear(caller, true)])).toEqual(['1 DISCONNECTED']);
    expect(memory.calls()).toHaveLength(1);
    expect(toldBy([memory.hear(callee, true)])).toEqual(['3 DISCONNECTED', 'ended']);
  });

  test('that come twice, with the same id or by another subscription, change nothing', () => {
    const memory = openMemory();
    const news = newsOfLife(INBOUND, INBOUND_LIFE).slice(0, 5);
    hear(memory, news);
    const before = memory.call(INBOUND);
    const again = memory.hear(news.at(-1) as News, true);
    expect(again.changes).toEqual([]);
    expect(again.worth).not.toBe('applied');
    expect(memory.call(INBOUND)).toBe(before);
  });

  test('to after the end make no ghost', () => {
    const memory = openMemory();
    const all = newsOfLife(INBOUND, INBOUND_LIFE);
    hear(memory, all);
    for (const late of all)
      expect(memory.hear(late, true)).toEqual({ changes: [], worth: 'ghost', missing: 'nothing' });
    expect(memory.callIds()).toEqual([]);
  });
});

describe('A call that was read before anything was told of it', () => {
  test('is told of from the next news on, and only what is missing after those is missing', () => {
    const all = newsOfLife(INBOUND, INBOUND_LIFE);
    const seen = openMemory();
    hear(seen, all.slice(0, 4));
    const read = seen.call(INBOUND);
    if (read === undefined) throw new Error('It is not known.');
    const memory = openMemory();
    memory.take(read, { sentAt: ARRIVAL, receivedAt: ARRIVAL + 50, trueAt: { least: 0, most: 0 } });
    const later = all.slice(4).map((news, index) => ({ ...news, receivedAt: ARRIVAL + 1_000 + index }));
    const [first, second, third, ...others] = later as [News, News, News, ...News[]];
    expect(memory.hear(first, true).missing).toBe('nothing');
    expect(memory.isWhole(INBOUND)).toBe(true);
    expect(memory.hear(third, true).missing).toBe('soon');
    memory.hear(second, true);
    const results = hear(memory, others);
    expect(results.map(({ missing }) => missing)).toEqual(others.map(() => 'nothing'));
    expect(toldBy(results).at(-1)).toBe('ended');
  });
});

describe('What is held has a bound:', () => {
  const callNumber = (number: number) =>
    newsOfLife(`s-a0${number}z19cb96f3e89z5e1a0000`, INBOUND_LIFE.slice(0, 2)) as [News, News];

  test('of too many calls the one that was quiet for longest is let go of, and said to have ended', () => {
    const memory = openMemory({ mostCalls: 3 });
    const calls = [1, 2, 3, 4].map(callNumber) as [[News, News], [News, News], [News, News], [News, News]];
    for (const [first] of calls.slice(0, 3)) memory.hear(first, true);
    // The first one is not quiet.
    memory.hear(calls[0][1], true);
    const { changes } = memory.hear(calls[3][0], true);
    expect(
      changes.map((change) => [change.kind, change.kind === 'presence' ? null : change.session.id]),
    ).toEqual([
      ['began', calls[3][0].callId],
      ['ended', calls[1][0].callId],
    ]);
    expect(memory.callIds()).toEqual([calls[2], calls[0], calls[3]].map(([{ callId }]) => callId));
  });

  test('of calls that ended so many are remembered', () => {
    const memory = openMemory({ mostGraves: 2 });
    const ids = ['s-1', 's-2', 's-3'];
    for (const id of ids) hear(memory, newsOfLife(id, OUTBOUND_LIFE));
    expect(ids.map((id) => memory.isBuried(id))).toEqual([false, true, true]);
  });

  test('of extensions so many are known, and those go on', () => {
    const memory = openMemory({ mostPresences: 2 });
    const news = (extensionId: string, sequence: number, telephonyStatus: string) =>
      readPresenceNews(
        { extensionId, sequence, telephonyStatus, presenceStatus: 'Busy' },
        1_000 + sequence,
        () => undefined,
      ) as PresenceNews;
    for (const id of ['1', '2', '3']) memory.hearPresence(news(id, 1, 'NoCall'));
    expect(memory.presences().map(({ extensionId }) => extensionId)).toEqual(['1', '2']);
    expect(toldBy([memory.hearPresence(news('2', 2, 'Ringing'))])).toEqual(['2 RINGING']);
    // Each has a count of its own, and a lower one is old.
    expect(memory.hearPresence(news('2', 1, 'NoCall')).changes).toEqual([]);
    expect(toldBy([memory.hearPresence(news('1', 2, 'Ringing'))])).toEqual(['1 RINGING']);
  });

  test('of news after a gap the last are remembered', () => {
    let known = NOTHING_HEARD;
    for (let sequence = 4; sequence < 1_000; sequence += 2) known = heard(known, sequence);
    expect(known.beyond.length).toBeLessThanOrEqual(50);
    expect(known.beyond.at(-1)).toBe(998);
    expect(heard(known, 998)).toBe(known);
  });
});
