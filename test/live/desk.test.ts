/** The desk of one viewer: what questions and commands cost, and what they show. */
import { describe, expect, test, vi } from 'vitest';
import { Overloaded, RateLimited, UpstreamUnavailable } from '../../schema/failures.ts';
import type { CallSession, PartyStatusCode } from '../../schema/model.ts';
import {
  openOffice,
  party,
  pass,
  type RingCentralSource,
  SESSION,
  session,
  sleep,
  tap,
  total,
} from './support.ts';

/** A viewer at their desk before a call that is being talked in. */
function openDesk(options: Parameters<typeof openOffice>[0] = {}) {
  const office = openOffice(options);
  office.phone.set([party('p-1', 'ANSWERED'), party('p-2', 'ANSWERED')]);
  return { ...office, desk: office.hub.desk('viewer', office.phone.source) };
}

/** Waits for an answer under fake timers. */
async function answer<Value>(promise: Promise<Value>, within = 2_000): Promise<Value> {
  let settled = false;
  promise.then(
    () => {
      settled = true;
    },
    () => {
      settled = true;
    },
  );
  for (let passed = 0; !settled && passed <= within; passed += 5) await pass(5);
  if (!settled) throw new Error(`No answer within ${within} ms.`);
  return promise;
}

const codeOf = (call: CallSession | null, partyId = 'p-2') =>
  call?.parties.find(({ id }) => id === partyId)?.status.code;

describe('A question', () => {
  test('for a call that a healthy watch holds costs nothing, a thousand times.', async () => {
    const { phone, desk } = openDesk();
    tap(desk.events(SESSION, null));
    await pass(5_000);
    phone.move('p-2', 'HOLD');
    await pass(5_000);
    const before = phone.requests.length;
    for (let question = 0; question < 1_000; question += 1) {
      expect(codeOf(await desk.readCall(SESSION))).toBe('HOLD');
      expect((await desk.readParty(SESSION, 'p-1'))?.status.code).toBe('ANSWERED');
    }
    expect(await desk.readParty(SESSION, 'nobody')).toBe(null);
    expect(phone.requests.length).toBe(before);
  });

  test('is answered with the time at which the state was true.', async () => {
    const { desk } = openDesk();
    tap(desk.events(SESSION, null));
    await pass(29_000);
    const watched = await desk.readCall(SESSION);
    expect(Date.now() - (watched?.observedAt ?? 0)).toBeLessThan(30_000);
  });

  test('shares its request with all who ask at the same time.', async () => {
    const { phone, desk } = openDesk();
    const answers = await answer(Promise.all(Array.from({ length: 100 }, () => desk.readCall(SESSION))));
    expect(new Set(answers.map((call) => codeOf(call)))).toEqual(new Set(['ANSWERED']));
    expect(phone.requests).toHaveLength(1);
  });

  test('for a call that is not watched shows it as it is now, each time.', async () => {
    const { phone, desk } = openDesk();
    expect(codeOf(await answer(desk.readCall(SESSION)))).toBe('ANSWERED');
    await pass(11_000);
    phone.move('p-2', 'HOLD');
    expect(codeOf(await answer(desk.readCall(SESSION)))).toBe('HOLD');
  });

  test('for a call that nobody watches leaves nothing behind after a while.', async () => {
    const { desk } = openDesk();
    await answer(desk.readCall(SESSION));
    await pass(5_000);
    await answer(desk.readCall('s-nobody'));
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    await pass(21_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('for a call that RingCentral does not know is answered with null, also when it was known.', async () => {
    const { phone, desk } = openDesk();
    expect(await answer(desk.readCall('s-nobody'))).toBe(null);
    expect(await answer(desk.readParty('s-nobody', 'p'))).toBe(null);
    await answer(desk.readCall(SESSION));
    phone.forget();
    expect(await answer(desk.readCall(SESSION))).toBe(null);
  });

  test('that is taken back is called off, unless somebody else waits for its answer.', async () => {
    const { phone, desk } = openDesk();
    const [first, second] = [new AbortController(), new AbortController()];
    const questions = [desk.readCall(SESSION, first.signal), desk.readCall(SESSION, second.signal)];
    const refused = questions.map((question) => expect(question).rejects.toThrow('gone'));
    await pass(2);
    first.abort(new Error('gone'));
    await refused[0];
    expect(phone.inFlight()).toBe(1);
    second.abort(new Error('gone'));
    await refused[1];
    await pass(0);
    expect(phone.inFlight()).toBe(0);
    await expect(desk.readCall(SESSION, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
  });

  test('fails as RingCentral fails, and the next one asks anew.', async () => {
    const { phone, desk } = openDesk();
    phone.trouble = () => new UpstreamUnavailable('RingCentral is out of order.', true);
    await expect(answer(desk.readCall(SESSION))).rejects.toThrow('out of order');
    phone.trouble = () => null;
    expect(codeOf(await answer(desk.readCall(SESSION)))).toBe('ANSWERED');
  });

  test('goes to RingCentral when the watch has not heard from it for a while.', async () => {
    const { phone, desk } = openDesk();
    tap(desk.events(SESSION, null));
    await pass(5_000);
    phone.trouble = ({ lane }) => (lane === 'poll' ? new Overloaded('Not now.') : null);
    phone.move('p-2', 'HOLD');
    await pass(40_000);
    phone.move('p-2', 'ANSWERED', { muted: true });
    const call = await answer(desk.readCall(SESSION));
    expect(call?.parties[1]?.muted).toBe(true);
  });

  test('goes to RingCentral when the next poll has waited for the rate budget for a minute.', async () => {
    const { phone, hub } = openDesk();
    let isFull = false;
    const stuck: RingCentralSource = {
      ...phone.source,
      readCall: async (id, options) => {
        if (options.lane === 'poll' && isFull) await sleep(600_000, options.signal);
        return phone.source.readCall(id, options);
      },
    };
    const desk = hub.desk('stuck', stuck);
    tap(desk.events(SESSION, null));
    await pass(10_000);
    isFull = true;
    await pass(25_000); // the poll that was out has ended
    phone.move('p-2', 'HOLD');
    await pass(60_000);
    expect(codeOf(await answer(desk.readCall(SESSION)))).toBe('HOLD');
  });

  describe('while the rate budget has no room for anybody,', () => {
    /** A watched call whose polls must wait from now on, and whose queries are refused. */
    async function openSpent() {
      const { phone, hub } = openDesk();
      let isSpent = false;
      const source: RingCentralSource = {
        ...phone.source,
        readCall: async (id, options) => {
          if (isSpent && options.lane === 'query') {
            const facts = { retryAfter: 60, retryAt: Date.now() + 60_000, sent: false };
            throw new RateLimited('The budget is spent.', facts);
          }
          while (isSpent) await sleep(1_000, options.signal);
          return phone.source.readCall(id, options);
        },
      };
      const desk = hub.desk('spender', source);
      const reader = tap(desk.events(SESSION, null));
      await pass(10_000);
      isSpent = true;
      await pass(35_000); // the poll that was out has ended, and what it saw is no longer fresh
      const relieve = async () => {
        isSpent = false;
        await pass(2_000);
      };
      return { phone, desk, reader, relieve };
    }

    test('is answered with what was seen last, and when that was.', async () => {
      const { phone, desk } = await openSpent();
      const seenAt = desk.peek(SESSION)?.observedAt;
      const before = phone.requests.length;
      const call = await answer(desk.readCall(SESSION));
      expect(codeOf(call)).toBe('ANSWERED');
      expect(call?.observedAt).toBe(seenAt);
      expect(phone.requests.length).toBe(before);
    });

    test('is not answered with what a command has made old, nor with what nobody has looked at for a minute.', async () => {
      const commanded = await openSpent();
      commanded.desk.stateChanged(SESSION);
      await expect(answer(commanded.desk.readCall(SESSION))).rejects.toThrow('budget is spent');
      const forgotten = await openSpent();
      await pass(60_000);
      await expect(answer(forgotten.desk.readCall(SESSION))).rejects.toThrow('budget is spent');
    });

    test('watchers are told that they may see something old, and when they do not any more.', async () => {
      const { reader, relieve } = await openSpent();
      expect(reader.events.at(-1)).toMatchObject({ kind: 'UPSTREAM_DEGRADED', at: expect.any(Number) });
      const told = reader.events.length;
      await relieve();
      expect(reader.events.slice(told)).toMatchObject([{ kind: 'RECOVERED' }]);
    });
  });

  test('for a call that has ended under a watch costs nothing while that is remembered.', async () => {
    const { phone, desk } = openDesk();
    tap(desk.events(SESSION, null));
    await pass(5_000);
    phone.set([party('p-1', 'DISCONNECTED'), party('p-2', 'DISCONNECTED')]);
    await pass(1_000);
    const before = phone.requests.length;
    for (let second = 0; second < 60; second += 1) {
      expect(codeOf(await answer(desk.readCall(SESSION)))).toBe('DISCONNECTED');
      await pass(1_000);
    }
    expect(phone.requests.length).toBe(before);
    phone.forget();
    await pass(10_000);
    expect(await answer(desk.readCall(SESSION))).toBe(null);
  });

  test('for a call that vanished under a watch is answered with null.', async () => {
    const { phone, desk } = openDesk();
    tap(desk.events(SESSION, null));
    await pass(5_000);
    phone.forget();
    await pass(1_000);
    expect(await answer(desk.readCall(SESSION))).toBe(null);
    expect(await answer(desk.readParty(SESSION, 'p-1'))).toBe(null);
  });
});

describe('Questions that repeat', () => {
  test('become a watch: from the second on they cost two requests a minute.', async () => {
    const { phone, desk } = openDesk();
    for (let second = 0; second < 180; second += 1) {
      if (second === 90) phone.move('p-2', 'HOLD');
      await pass(20);
      const call = await answer(desk.readCall(SESSION));
      expect(codeOf(call)).toBe(codeOf(phone.now()));
      await pass(1_000);
    }
    // One read, the polls, and a few to learn the clock and after the change.
    expect(phone.requests.length).toBeLessThanOrEqual(6 + 1 + 8);
  });

  test('of twenty calls, once a second for three minutes, stay inside the limit and are always true.', async () => {
    const { phone, desk } = openDesk();
    const ids = Array.from({ length: 20 }, (_, index) => `s-wall-${index}`);
    for (const id of ids) phone.set([party(`${id}-p`, 'ANSWERED')], { id });
    await pass(10_000);
    for (let second = 0; second < 180; second += 1) {
      if (second % 30 === 15) phone.move(`${ids[second % 20]}-p`, second % 60 === 15 ? 'HOLD' : 'ANSWERED');
      await pass(20);
      const calls = await answer(Promise.all(ids.map((one) => desk.readCall(one))));
      for (const [index, call] of calls.entries()) {
        expect(codeOf(call, `${ids[index]}-p`)).toBe(phone.now(ids[index])?.parties[0]?.status.code);
      }
      await pass(980);
    }
    const start = phone.requests[0]?.sentAt ?? 0;
    for (let minute = 0; minute < 3; minute += 1) {
      const from = start + minute * 60_000;
      const inIt = phone.requests.filter(({ sentAt }) => sentAt >= from && sentAt < from + 60_000);
      expect(inIt.length).toBeLessThanOrEqual(50);
    }
  });

  test('that cease let the watch go.', async () => {
    const { phone, hub, desk, metrics } = openDesk();
    for (let question = 0; question < 5; question += 1) {
      await answer(desk.readCall(SESSION));
      await pass(1_000);
    }
    expect(await total(metrics.watches)).toBe(1);
    await pass(13_000);
    expect([await total(metrics.watches), hub.counts().desks, phone.inFlight()]).toEqual([0, 0, 0]);
  });

  test('that come seldom do not become a watch.', async () => {
    const { phone, desk, metrics } = openDesk();
    for (let question = 0; question < 5; question += 1) {
      await answer(desk.readCall(SESSION));
      await pass(11_000);
    }
    expect(await total(metrics.watches)).toBe(0);
    expect(phone.requests).toHaveLength(5);
  });

  test('become no more than twenty watches.', async () => {
    const { phone, desk, metrics } = openDesk();
    const ids = Array.from({ length: 30 }, (_, index) => `s-many-${index}`);
    for (const id of ids) phone.set([party(`${id}-p`, 'ANSWERED')], { id });
    for (let round = 0; round < 3; round += 1) {
      await answer(Promise.all(ids.map((id) => desk.readCall(id))));
    }
    expect(await total(metrics.watches)).toBe(20);
  });

  test('do not wait long for a watch that cannot begin.', async () => {
    const { phone, hub } = openDesk();
    const stuck: RingCentralSource = {
      ...phone.source,
      // The poll lane waits for the rate budget.
      readCall: async (id, options) => {
        if (options.lane === 'poll') await sleep(30_000, options.signal);
        return phone.source.readCall(id, options);
      },
    };
    const desk = hub.desk('stuck', stuck);
    await answer(desk.readCall(SESSION));
    phone.move('p-2', 'HOLD');
    expect(codeOf(await answer(desk.readCall(SESSION), 1_500))).toBe('HOLD');
  });

  test('are answered truly although RingCentral answers slowly.', async () => {
    const { phone, desk } = openDesk();
    phone.latency = () => 300;
    await answer(desk.readCall(SESSION));
    phone.move('p-2', 'HOLD');
    expect(codeOf(await answer(desk.readCall(SESSION)))).toBe('HOLD');
  });

  test('give their watch to a reader who comes later, at no cost.', async () => {
    const { phone, desk } = openDesk();
    for (let question = 0; question < 3; question += 1) await answer(desk.readCall(SESSION));
    const before = phone.requests.length;
    const reader = tap(desk.events(SESSION, null));
    await pass(0);
    expect(reader.events).toMatchObject([{ type: 'CallSnapshot', reason: 'SUBSCRIBED' }]);
    expect(phone.requests.length).toBe(before);
  });
});

describe('The answer of a command', () => {
  /** A command that RingCentral applied when it arrived, sent now and answered after `took` milliseconds. */
  async function command(
    { phone, desk }: Pick<ReturnType<typeof openDesk>, 'phone' | 'desk'>,
    code: PartyStatusCode,
    took: number,
  ) {
    const sentAt = Date.now();
    phone.move('p-2', code);
    const answered = party('p-2', code);
    await pass(took);
    return () => desk.observeParty(answered, { sentAt, receivedAt: Date.now() });
  }

  test('is told to every watcher at once, without waiting for a poll.', async () => {
    const open = openDesk();
    open.phone.longPoll = 'ignore';
    const reader = tap(open.desk.events(SESSION, null));
    const watcher = tap(open.desk.partyUpdates(SESSION, 'p-2'));
    await pass(20_000);
    const arrive = await command(open, 'HOLD', 1);
    const before = open.phone.requests.length;
    expect((await answer(arrive())).status.code).toBe('HOLD');
    expect(open.phone.requests.length).toBe(before);
    expect(reader.events.at(-1)).toMatchObject({
      type: 'CallPartyChange',
      party: { status: { code: 'HOLD' } },
    });
    expect(watcher.events.at(-1)).toMatchObject({ party: { status: { code: 'HOLD' } } });
    await pass(20_000);
    expect(reader.events).toHaveLength(2);
  });

  test('that comes after the caller hung up does not bring the party back: everybody ends on DISCONNECTED.', async () => {
    const open = openDesk();
    const { phone, desk } = open;
    const readers = [tap(desk.events(SESSION, null)), tap(desk.events(SESSION, null))];
    const watcher = tap(desk.partyUpdates(SESSION, 'p-2'));
    await pass(10_000);
    const arrive = await command(open, 'HOLD', 1_000);
    phone.move('p-2', 'DISCONNECTED');
    await pass(1_000);
    expect((await answer(arrive())).status.code).toBe('DISCONNECTED');
    await pass(5_000);
    for (const { events } of readers) {
      const codes = events.flatMap((event) => ('party' in event ? [event.party.status.code] : []));
      expect(codes).toEqual(['HOLD', 'DISCONNECTED']);
    }
    expect(watcher.events.at(-1)?.party.status.code).toBe('DISCONNECTED');
  });

  test('that something newer has overtaken is not believed: the call is read again.', async () => {
    const open = openDesk();
    const { phone, desk } = open;
    const reader = tap(desk.events(SESSION, null));
    await pass(10_000);
    const arrive = await command(open, 'HOLD', 500);
    phone.move('p-2', 'ANSWERED');
    await pass(500);
    const before = phone.requests.length;
    expect((await answer(arrive())).status.code).toBe('ANSWERED');
    expect(phone.requests.length - before).toBeLessThanOrEqual(2);
    await pass(5_000);
    const codes = reader.events.flatMap((event) => ('party' in event ? [event.party.status.code] : []));
    expect(codes).toEqual(['HOLD', 'ANSWERED']);
  });

  test('that is in doubt is not made a failure by a read that fails.', async () => {
    const open = openDesk();
    const { phone, desk } = open;
    tap(desk.events(SESSION, null));
    await pass(10_000);
    const arrive = await command(open, 'HOLD', 500);
    phone.move('p-2', 'ANSWERED');
    await pass(500);
    const facts = { retryAfter: 30, retryAt: Date.now() + 30_000, sent: false };
    phone.trouble = () => new RateLimited('Too many requests.', facts);
    expect((await answer(arrive())).status.code).toBe('ANSWERED');
  });

  test('that crosses a poll leaves the true state, whichever comes first.', async () => {
    for (const took of [0, 3, 8, 40]) {
      const open = openDesk();
      const reader = tap(open.desk.events(SESSION, null));
      await pass(10_000);
      const arrive = await command(open, 'HOLD', took);
      await answer(arrive());
      open.phone.move('p-2', 'DISCONNECTED');
      await pass(5_000);
      const codes = reader.events.flatMap((event) => ('party' in event ? [event.party.status.code] : []));
      expect(codes).toEqual(['HOLD', 'DISCONNECTED']);
    }
  });

  test('may be a whole call, which is known from then on.', async () => {
    const { desk, phone } = openDesk();
    const sentAt = Date.now();
    phone.set([party('n-1', 'SETUP')], { id: 's-new' });
    const made = session([party('n-1', 'SETUP', { sessionId: 's-new' })], { id: 's-new' });
    const shown = await desk.observeCall(made, { sentAt, receivedAt: Date.now() });
    expect(shown.parties[0]?.observedAt).toBe(Date.now());
    expect(desk.peek('s-new')).toEqual(shown);
    expect(phone.requests).toHaveLength(0);
  });

  test('of a call that nobody knows here is shown as it came.', async () => {
    const { desk } = openDesk();
    const shown = await desk.observeParty(party('p-2', 'HOLD'), { sentAt: 1, receivedAt: 2 });
    expect(shown).toEqual({ ...party('p-2', 'HOLD'), observedAt: 2 });
    expect(desk.peek(SESSION)).toBe(undefined);
  });
});

describe('A command whose effect is not in its answer', () => {
  test('makes the watch look at once where polls are paced.', async () => {
    const { phone, desk } = openDesk({ pace: { pacedGap: 60_000 } });
    phone.longPoll = 'ignore';
    const reader = tap(desk.events(SESSION, null));
    await pass(120_000);
    phone.move('p-2', 'DISCONNECTED');
    desk.stateChanged(SESSION);
    await pass(200);
    expect(reader.events.at(-1)).toMatchObject({ party: { status: { code: 'DISCONNECTED' } } });
  });

  test('is not lost on a watch whose request is on its way.', async () => {
    const { phone, desk } = openDesk({ pace: { pacedGap: 60_000 } });
    phone.longPoll = 'ignore';
    phone.latency = () => 400;
    const reader = tap(desk.events(SESSION, null));
    await pass(120_000);
    desk.stateChanged(SESSION);
    await pass(600); // the answer is made, and on its way back
    phone.move('p-2', 'DISCONNECTED');
    desk.stateChanged(SESSION);
    await pass(3_000);
    expect(reader.events.at(-1)).toMatchObject({ party: { status: { code: 'DISCONNECTED' } } });
  });

  test('keeps questions from being answered with what was known before.', async () => {
    const { phone, desk } = openDesk();
    tap(desk.events(SESSION, null));
    await pass(10_000);
    const early = desk.readCall(SESSION);
    phone.latency = () => 50;
    phone.move('p-2', 'HOLD');
    desk.stateChanged(SESSION);
    expect(codeOf(await answer(desk.readCall(SESSION)))).toBe('HOLD');
    expect(codeOf(await answer(early))).toBe('ANSWERED');
    await pass(1_000);
    const before = phone.requests.length;
    expect(codeOf(await answer(desk.readCall(SESSION)))).toBe('HOLD');
    expect(phone.requests.length).toBe(before);
  });

  test('keeps questions from sharing a request that left before it.', async () => {
    const { phone, desk } = openDesk();
    tap(desk.events(SESSION, null));
    await pass(10_000);
    phone.latency = () => 50;
    desk.stateChanged(SESSION);
    const before = desk.readCall(SESSION);
    await pass(60); // the old state is on its way back
    phone.move('p-2', 'HOLD');
    desk.stateChanged(SESSION);
    const after = desk.readCall(SESSION);
    expect(codeOf(await answer(after))).toBe('HOLD');
    await answer(before);
    expect(codeOf(desk.peek(SESSION) ?? null)).toBe('HOLD');
  });
});

describe('A viewer', () => {
  test('has one desk, whoever comes for it, and asks by the newest source.', async () => {
    const { phone, hub } = openDesk();
    const used: string[] = [];
    const named = (name: string): RingCentralSource => ({
      ...phone.source,
      readCall: (id, options) => {
        used.push(name);
        return phone.source.readCall(id, options);
      },
    });
    const first = hub.desk('two tabs', named('first token'));
    const second = hub.desk('two tabs', named('second token'));
    await answer(first.readCall(SESSION));
    expect(second).toBe(first);
    expect(used).toEqual(['second token']);
  });

  test('shares nothing with another viewer, also when both look at the same call.', async () => {
    const { phone, hub, desk } = openDesk();
    const other = hub.desk('somebody else', phone.source);
    tap(desk.events(SESSION, null));
    await pass(5_000);
    expect(other.peek(SESSION)).toBe(undefined);
    const before = phone.requests.length;
    await answer(other.readCall(SESSION));
    expect(phone.requests.length).toBe(before + 1);
  });
});
