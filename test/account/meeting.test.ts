/** An account that two gateways have seen by themselves for a while: when they meet, each of them tells everything once. */
import { describe, expect, test, vi } from 'vitest';
import { AccountMemory } from '../../src/account/account-memory.ts';
import type { Change } from '../../src/account/change.ts';
import { createAccountLedger } from '../../src/account/ledger.ts';
import type { LedgerHost } from '../../src/account/ledger-host.ts';
import { NOT_WATCHING } from '../../src/account/tidings.ts';
import { Apart, type Commons, type Log, type LogSort } from '../../src/commons/commons.ts';
import { createInProcessCommons } from '../../src/commons/in-process.ts';
import { sealingKey } from '../../src/commons/seal.ts';
import type { Place } from '../../src/live/replay.ts';
import type { Role } from '../../src/live/shared/duty.ts';
import { RINGCENTRAL_CALLS } from '../../src/ringcentral/call-shape.ts';
import { readPresenceNews } from '../../src/ringcentral/push/presence-news.ts';
import { DANA, INBOUND, INBOUND_LIFE, newsOfLife } from './lives.ts';

const seal = sealingKey('a viewer', 'a test');
const ANSWERED = 5;
const HOLD = 6;
const ANSWERED_AGAIN = 7;
const LIFE = newsOfLife(INBOUND, INBOUND_LIFE);

/** A store that loses what it holds when it is told to. */
function openStore() {
  let real = createInProcessCommons();
  return {
    empty() {
      real = createInProcessCommons();
    },
    /** As a gateway reaches it; `isCut` says whether its answers get lost on their way. */
    way(isCut: () => boolean): Commons {
      const arriving = async <Answer>(answer: Answer | Promise<Answer>): Promise<Answer> => {
        const arrived = await answer;
        if (isCut()) throw new Apart('The answer got lost.');
        return arrived;
      };
      return {
        ...real,
        log: <Event>(sort: LogSort): Log<Event> => ({
          append: (key, after, events) => arriving(real.log<Event>(sort).append(key, after, events)),
          read: (key, after) => arriving(real.log<Event>(sort).read(key, after)),
          follow: (key, after, each) =>
            real.log<Event>(sort).follow(key, after, (news) => {
              if (!isCut()) each(news);
            }),
        }),
        cell: (sort) => ({
          update: (key, change) => arriving(real.cell(sort).update(key, change)),
          follow: (key, hear) => real.cell(sort).follow(key, hear),
        }),
      };
    },
  };
}

type Store = ReturnType<typeof openStore>;

/** One of the gateways. */
function openGateway(store: Store, first: Role) {
  let role = first;
  let isCut = false;
  let opened = 0;
  const told: { readonly what: string; readonly place: Place | null }[] = [];
  const doubted: string[] = [];
  const memory = new AccountMemory(RINGCENTRAL_CALLS, () => '');
  const host: LedgerHost = {
    memory,
    facts: () => NOT_WATCHING,
    tell: (change, _, place) => void told.push({ what: worded(change), place }),
    tellTrouble() {},
    tellRecovery() {},
    narrowed() {},
    refused() {},
    begin() {},
    remember() {},
    opened() {
      opened += 1;
    },
    doubt: (sessionId) => void doubted.push(sessionId),
    onDefect(error) {
      throw error;
    },
  };
  const ledger = createAccountLedger(
    {
      ...{ commons: store.way(() => isCut), seal, owner: () => 'a viewer', ahead: 0 },
      get role() {
        return role;
      },
      isAsking: () => role === 'leading' || role === 'alone',
      wish() {},
      askForWhole() {},
      onUnauthenticated() {},
    },
    100,
    host,
  );
  return {
    ledger,
    memory,
    told: () => told.map(({ what }) => what),
    places: () => told.map(({ place }) => place),
    doubted,
    opened: () => opened,
    open: () => ledger.open(),
    hear(from: number, to = from + 1) {
      for (const news of LIFE.slice(from, to))
        ledger.publish(memory.hear(news, true).changes, news.receivedAt);
    },
    ring(sequence: number, telephonyStatus: string) {
      const wire = { extensionId: DANA, sequence, telephonyStatus, presenceStatus: 'Busy' };
      const news = readPresenceNews(wire, Date.now(), () => undefined);
      if (news === null) throw new Error('It is no news.');
      ledger.publish(memory.hearPresence(news).changes, news.receivedAt);
    },
    /** It does so, before or when what stands beside the calls hears of it. */
    becomes(next: Role) {
      role = next;
      return () => ledger.roleChanged();
    },
    cut() {
      isCut = true;
    },
    heal() {
      isCut = false;
    },
    code: () => memory.call(INBOUND)?.parties.at(1)?.status.code,
  };
}

function worded(change: Change): string {
  if (change.kind === 'presence') return `Dana ${change.presence.telephonyStatus}`;
  return change.kind === 'party'
    ? `${change.party.id.split('-').at(-1)} ${change.party.status.code}`
    : change.kind;
}

/** Two that hold the same, of which the first leads: the call was answered. */
async function openTwo() {
  const store = openStore();
  const [one, other] = [openGateway(store, 'leading'), openGateway(store, 'following')];
  one.open();
  await vi.waitFor(() => expect(one.opened()).toBe(1));
  other.open();
  await vi.waitFor(() => expect(other.opened()).toBe(1));
  one.hear(0, HOLD - 1);
  await vi.waitFor(() => expect(other.told().at(-1)).toBe('2 ANSWERED'));
  expect(other.told()).toEqual(one.told());
  const before = one.told().length;
  return { store, one, other, since: (gateway: typeof one) => gateway.told().slice(before) };
}

describe('Where the store has lost what it held', () => {
  test('what was heard by whoever led, and by whoever leads since, is told once at both', async () => {
    const { store, one, other, since } = await openTwo();
    store.empty();
    one.hear(ANSWERED);
    // It is not known yet who leads.
    one.becomes('joining');
    const [follows, leads] = [one.becomes('following'), other.becomes('leading')];
    follows();
    leads();
    other.hear(ANSWERED);
    await vi.waitFor(() => expect(one.opened()).toBe(2));
    other.hear(HOLD);
    for (const gateway of [one, other]) {
      await vi.waitFor(() => expect(since(gateway).at(-1)).toBe('2 ANSWERED'));
      expect(since(gateway)).toEqual(['2 HOLD', '2 ANSWERED']);
    }
  });

  test('what whoever led has heard alone is told at both, and by the log, so that it can be gone on from at both', async () => {
    const { store, one, other, since } = await openTwo();
    store.empty();
    one.hear(ANSWERED);
    await vi.waitFor(() => expect(since(one)).toEqual(['2 HOLD']));
    expect(one.places().at(-1)).toMatchObject({ sequence: 1 });
    other.hear(ANSWERED);
    await vi.waitFor(() => expect(other.opened()).toBe(2));
    await other.ledger.settled();
    expect(since(other)).toEqual(['2 HOLD']);
    expect(other.places().at(-1)).toEqual(one.places().at(-1));
    expect(since(one)).toEqual(['2 HOLD']);
  });

  test('what only whoever led has heard is neither taken back nor lost where another leads, who knows less', async () => {
    const { store, one, other, since } = await openTwo();
    store.empty();
    one.hear(ANSWERED, ANSWERED_AGAIN);
    const [follows, leads] = [one.becomes('following'), other.becomes('leading')];
    follows();
    leads();
    other.hear(ANSWERED);
    await vi.waitFor(() => expect(since(other).at(-1)).toBe('2 ANSWERED'));
    await one.ledger.settled();
    for (const gateway of [one, other]) {
      expect(since(gateway)).toEqual(['2 HOLD', '2 ANSWERED']);
      expect(gateway.code()).toBe('ANSWERED');
      expect(gateway.doubted).toEqual([]);
    }
    expect(one.places().at(-1)).toEqual(other.places().at(-1));
  });
});

test('What two gateways hear that both believe to lead is told once at both', async () => {
  const { one, other, since } = await openTwo();
  other.becomes('leading')();
  for (const gateway of [one, other]) gateway.hear(ANSWERED);
  for (const gateway of [other, one]) gateway.hear(HOLD);
  for (const gateway of [one, other]) {
    await gateway.ledger.settled();
    await vi.waitFor(() => expect(since(gateway).at(-1)).toBe('2 ANSWERED'));
  }
  one.hear(ANSWERED_AGAIN);
  for (const gateway of [one, other]) {
    await vi.waitFor(() => expect(since(gateway).at(-1)).toBe('2 DISCONNECTED'));
    expect(since(gateway)).toEqual(['2 HOLD', '2 ANSWERED', '2 DISCONNECTED']);
    expect(gateway.doubted).toEqual([]);
  }
});

test('What two hear at once of an extension, and of a call to its end, is told once at both', async () => {
  const { one, other, since } = await openTwo();
  other.becomes('leading')();
  for (const gateway of [one, other]) gateway.ring(1, 'Ringing');
  one.ring(2, 'CallConnected');
  for (const gateway of [one, other]) gateway.hear(ANSWERED, LIFE.length);
  for (const gateway of [other, one]) gateway.ring(3, 'NoCall');
  for (const gateway of [one, other]) {
    await gateway.ledger.settled();
    await vi.waitFor(() => expect(since(gateway)).toContain('ended'));
    await vi.waitFor(() => expect(since(gateway)).toContain('Dana NO_CALL'));
  }
  for (const gateway of [one, other]) {
    const texts = since(gateway);
    expect(texts.filter((text) => text.startsWith('Dana'))).toEqual([
      'Dana RINGING',
      'Dana CALL_CONNECTED',
      'Dana NO_CALL',
    ]);
    expect(texts.filter((text) => !text.startsWith('Dana'))).toEqual([
      ...['2 HOLD', '2 ANSWERED', '2 DISCONNECTED', '3 SETUP', '3 PROCEEDING', '3 ANSWERED'],
      ...['3 DISCONNECTED', '1 DISCONNECTED', 'ended'],
    ]);
    expect(gateway.memory.callIds()).toEqual([]);
  }
});

test('What whoever leads has heard while it was alone is told to those that were not, once', async () => {
  const { one, other, since } = await openTwo();
  one.cut();
  one.becomes('alone')();
  one.hear(ANSWERED);
  one.heal();
  one.becomes('leading')();
  await vi.waitFor(() => expect(since(other)).toEqual(['2 HOLD']));
  one.hear(HOLD);
  for (const gateway of [one, other]) {
    await vi.waitFor(() => expect(since(gateway).at(-1)).toBe('2 ANSWERED'));
    expect(since(gateway)).toEqual(['2 HOLD', '2 ANSWERED']);
  }
  expect(one.places().at(-1)).toEqual(other.places().at(-1));
});

test('What the store took in although its answer got lost is told once by whoever was alone with it', async () => {
  const { one, other, since } = await openTwo();
  one.cut();
  one.hear(ANSWERED);
  await vi.waitFor(() => expect(since(other)).toEqual(['2 HOLD']));
  one.becomes('alone')();
  expect(since(one)).toEqual(['2 HOLD']);
  other.becomes('leading')();
  one.heal();
  one.becomes('following')();
  await vi.waitFor(() => expect(one.opened()).toBe(2));
  other.hear(HOLD);
  for (const gateway of [one, other]) {
    await vi.waitFor(() => expect(since(gateway).at(-1)).toBe('2 ANSWERED'));
    expect(since(gateway)).toEqual(['2 HOLD', '2 ANSWERED']);
  }
});
