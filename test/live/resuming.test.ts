/** Coming back with a cursor: what was missed, exactly once and in order. */
import { describe, expect, test } from 'vitest';
import { Unauthenticated, UpstreamUnavailable } from '../../schema/failures.ts';
import { receivedAtOf } from '../../src/live/events.ts';
import type { HubOptions } from '../../src/live/hub.ts';
import type { Kind } from '../../src/live/shape.ts';
import { openOfficeOf, pass, type Tap, tap, total } from './support.ts';
import { type Changes, GENESYS_IN_MEMORY, type InMemory, RINGCENTRAL_IN_MEMORY, SESSION } from './systems.ts';

const broken = () => true;
const cursorOf = <Event extends { readonly cursor: string }>({ events }: Tap<Event>) =>
  events.at(-1)?.cursor ?? '';

describe(RINGCENTRAL_IN_MEMORY.shape.name, () => suite(RINGCENTRAL_IN_MEMORY));
describe(GENESYS_IN_MEMORY.shape.name, () => suite(GENESYS_IN_MEMORY));

function suite<K extends Kind, More extends Changes>(system: InMemory<K, More>): void {
  const { party, soon } = system;
  const summary = ({ events }: Tap<K['Event']>) =>
    events.map((event) => {
      const said = system.said(event);
      if (said.type === 'snapshot') return said.reason;
      return said.type === 'change' ? `${said.party.id} ${system.codeOf(said.party)}` : said.notice;
    });

  function openDesk(options: Partial<HubOptions> = {}) {
    const office = openOfficeOf(system, options);
    office.phone.set([party('p-1', 'ANSWERED'), party('p-2', 'ANSWERED')]);
    const desk = office.hub.desk('viewer', office.phone.source);
    const events = (after: string | null = null, dropped?: () => boolean) =>
      tap(desk.events(SESSION, after, dropped));
    return { ...office, desk, events };
  }

  describe('A reader whose connection broke', () => {
    test('gets exactly what was missed, and then what comes.', async () => {
      const { phone, events } = openDesk();
      const reader = events(null, broken);
      await pass(5_000);
      reader.leave();
      for (const [code, muted] of [
        ['HOLD', false],
        ['ANSWERED', false],
        ['ANSWERED', true],
      ] as const) {
        phone.move('p-2', code, { muted } as More);
        await pass(5_000);
      }
      const back = events(cursorOf(reader));
      await pass(0);
      const states = back.events.map((event) => {
        const said = system.said(event);
        return said.type === 'change' ? [system.codeOf(said.party), system.isMuted(said.party)] : [];
      });
      expect(states).toEqual([
        ['HOLD', false],
        ['ANSWERED', false],
        ['ANSWERED', true],
      ]);
      phone.move('p-2', 'HOLD');
      await pass(5_000);
      expect(back.events).toHaveLength(4);
    });

    test('may come back after any event that it got.', async () => {
      const { phone, events } = openDesk();
      const witness = events();
      await pass(5_000);
      for (const code of ['HOLD', 'ANSWERED', 'HOLD'] as const) {
        phone.move('p-2', code);
        await pass(3_000);
      }
      for (const [index, { cursor }] of witness.events.entries()) {
        const back = events(cursor);
        await pass(0);
        expect(back.events).toEqual(witness.events.slice(index + 1));
        back.leave();
      }
    });

    test('keeps its watch for as long as it may come back, a minute at least.', async () => {
      const { phone, events, metrics } = openDesk();
      const reader = events(null, broken);
      await pass(5_000);
      reader.leave();
      await pass(60_000 - soon);
      phone.move('p-2', 'HOLD');
      await pass(soon);
      const back = events(cursorOf(reader), broken);
      await pass(0);
      expect(summary(back)).toEqual(['p-2 HOLD']);
      back.leave();
      await pass(66_000);
      expect(await total(metrics.watches)).toBe(0);
      const late = events(cursorOf(reader));
      await pass(1_000);
      expect(summary(late)).toEqual(['CURSOR_EXPIRED']);
    });

    test('is not waited for when it said goodbye.', async () => {
      const { events } = openDesk();
      const reader = events(null, () => false);
      await pass(5_000);
      reader.leave();
      await pass(6_000);
      const back = events(cursorOf(reader));
      await pass(1_000);
      expect(summary(back)).toEqual(['CURSOR_EXPIRED']);
    });

    test('learns how the call ended, also when it comes back after that.', async () => {
      const { phone, events } = openDesk();
      const reader = events(null, broken);
      await pass(5_000);
      reader.leave();
      phone.set([party('p-1', 'DISCONNECTED'), party('p-2', 'DISCONNECTED')]);
      await pass(30_000);
      const back = events(cursorOf(reader));
      await pass(0);
      expect(summary(back)).toEqual(['p-1 DISCONNECTED', 'p-2 DISCONNECTED', 'CALL_ENDED']);
      expect(back.ending).toEqual({});
      const again = events(cursorOf(back));
      await pass(0);
      expect([again.events, again.ending]).toEqual([[], {}]);
    });

    test('hears of trouble and recovery that it missed, in their order.', async () => {
      const { phone, events } = openDesk();
      const reader = events(null, broken);
      await pass(5_000);
      reader.leave();
      phone.trouble = () => new UpstreamUnavailable('RingCentral is out of order.', true);
      await pass(30_000);
      phone.move('p-2', 'HOLD');
      phone.trouble = () => null;
      // The next try is half a minute after the last at most.
      await pass(31_000);
      const back = events(cursorOf(reader));
      await pass(0);
      expect(summary(back)).toEqual(['UPSTREAM_DEGRADED', 'RECOVERED', 'p-2 HOLD']);
    });

    test('gets a state first when it had none before it broke.', async () => {
      const { phone, events } = openDesk();
      phone.trouble = () => new UpstreamUnavailable('RingCentral is out of order.', true);
      const reader = events(null, broken);
      await pass(1_000);
      expect(summary(reader)).toEqual(['UPSTREAM_DEGRADED']);
      reader.leave();
      phone.trouble = () => null;
      await pass(30_000);
      const back = events(cursorOf(reader));
      await pass(0);
      expect(summary(back)).toEqual(['CURSOR_EXPIRED']);
    });

    test('is not counted as one whom news reach late.', async () => {
      const { phone, events } = openDesk();
      const reader = events(null, broken);
      await pass(5_000);
      reader.leave();
      phone.move('p-2', 'HOLD');
      await pass(30_000);
      const back = events(cursorOf(reader));
      await pass(0);
      expect(back.events.map(receivedAtOf)).toEqual([null]);
    });

    test('gets a fresh state when it missed more than is kept.', async () => {
      const { phone, events } = openDesk({ limits: { replayLimit: 5 } });
      const reader = events(null, broken);
      await pass(5_000);
      reader.leave();
      for (let round = 0; round < 6; round += 1) {
        phone.move('p-2', round % 2 === 0 ? 'HOLD' : 'ANSWERED');
        await pass(3_000);
      }
      const back = events(cursorOf(reader));
      await pass(0);
      expect(summary(back)).toEqual(['CURSOR_EXPIRED']);
      const [first] = back.events.map((event) => system.said(event));
      if (first?.type !== 'snapshot') throw new Error('It is no fresh state.');
      expect(system.shape.partiesOf(first.call).map(system.codeOf)).toEqual(['ANSWERED', 'ANSWERED']);
    });
  });

  describe('A viewer whose token expired', () => {
    test('is told so, and goes on with a fresh one where they were.', async () => {
      const { phone, hub, events, metrics } = openDesk();
      const reader = events();
      await pass(5_000);
      phone.trouble = () => new Unauthenticated('Sign in again.');
      await pass(40_000);
      expect(reader.ending?.error).toBeInstanceOf(Unauthenticated);
      expect(await total(metrics.watches)).toBe(0);
      phone.move('p-2', 'HOLD');
      await pass(5_000);

      phone.trouble = () => null;
      const again = hub.desk('viewer', phone.source);
      const back = tap(again.events(SESSION, cursorOf(reader)));
      await pass(1_000);
      expect(summary(back)).toEqual(['p-2 HOLD']);
      phone.move('p-2', 'ANSWERED');
      await pass(5_000);
      expect(summary(back)).toEqual(['p-2 HOLD', 'p-2 ANSWERED']);
    });

    test('learns what became of a call that ended meanwhile, also when a question found it gone first.', async () => {
      const { phone, desk, events } = openDesk();
      const reader = events();
      await pass(5_000);
      phone.trouble = () => new Unauthenticated('Sign in again.');
      await pass(40_000);
      phone.trouble = () => null;
      phone.forget();
      const question = desk.readCall(SESSION);
      await pass(1_000);
      expect(await question).toBe(null);
      const back = events(cursorOf(reader));
      await pass(1_000);
      expect(summary(back)).toEqual(['p-1 DISCONNECTED', 'p-2 DISCONNECTED', 'CALL_ENDED']);
    });

    test('hears of the recovery, when the trouble was the last that they heard.', async () => {
      const { phone, events } = openDesk();
      const reader = events();
      await pass(5_000);
      phone.trouble = () => new UpstreamUnavailable('RingCentral is out of order.', true);
      await pass(40_000);
      phone.trouble = () => new Unauthenticated('Sign in again.');
      await pass(40_000);
      phone.trouble = () => null;
      const back = events(cursorOf(reader));
      await pass(1_000);
      expect(summary(back)).toEqual(['RECOVERED']);
    });
  });

  describe('A cursor that is not of this stream', () => {
    test('gets a fresh state with the reason, and never what another viewer saw.', async () => {
      const { phone, hub, events } = openDesk();
      const mine = events();
      const theirs = tap(hub.desk('somebody else', phone.source).events(SESSION, null));
      phone.set([party('q-1', 'ANSWERED')], { id: 's-2' } as Partial<K['Call']>);
      const elsewhere = tap(hub.desk('viewer', phone.source).events('s-2', null));
      await pass(5_000);
      const { hub: otherHub } = openOfficeOf(system);
      const otherProcess = tap(otherHub.desk('viewer', phone.source).events(SESSION, null));
      await pass(5_000);
      const cursor = cursorOf(mine);
      const tampered = `${cursor.slice(0, -1)}${cursor.endsWith('A') ? 'B' : 'A'}`;
      for (const [after, reason] of [
        [cursorOf(theirs), 'CURSOR_FOREIGN'],
        [cursorOf(elsewhere), 'CURSOR_FOREIGN'],
        [cursorOf(otherProcess), 'CURSOR_FOREIGN'],
        [tampered, 'CURSOR_UNKNOWN'],
        ['', 'CURSOR_UNKNOWN'],
      ] as const) {
        const reader = events(after);
        await pass(0);
        expect(reader.events.map((event) => system.said(event))).toMatchObject([
          { type: 'snapshot', reason, call: { id: SESSION } },
        ]);
        reader.leave();
      }
    });
  });
}
