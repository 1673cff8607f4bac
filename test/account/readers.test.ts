/** Whoever reads of an account too slowly: what they get in place of all that they missed, and what it costs at most. */
import { describe, expect, test } from 'vitest';
import type { AccountCallEvent } from '../../schema/account/provider.ts';
import { AccountMemory } from '../../src/account/account-memory.ts';
import { createAccountReaders } from '../../src/account/readers.ts';
import { createCursorSigner, createReplay } from '../../src/live/replay.ts';
import { RINGCENTRAL_CALLS } from '../../src/ringcentral/call-shape.ts';
import { readPresenceNews } from '../../src/ringcentral/push/presence-news.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { INBOUND, INBOUND_LIFE, newsOfLife } from './lives.ts';

/** An account that is known, of which everything that happens is told at once. */
function openAccount(limits = {}, most = 100_000) {
  const picture = new AccountMemory(RINGCENTRAL_CALLS, () => '');
  const metrics = createMetrics();
  const scope = createCursorSigner().scope('viewer', 'the account');
  const readers = createAccountReaders({ linger: 0, retention: 60_000, queueLimit: 4, ...limits }, metrics, {
    picture,
    isFresh: () => true,
    isKnown: (id) => picture.presence(id) !== undefined,
    isOpen: () => true,
    createReplay: () => createReplay<AccountCallEvent>(scope, { lifetime: 60_000, most }),
    onWanted: () => {},
    onLeave: () => {},
  });
  return {
    readers,
    picture,
    skips: async () => (await metrics.skippedEvents.get()).values.reduce((sum, { value }) => sum + value, 0),
    hear(news: ReturnType<typeof newsOfLife>) {
      for (const one of news)
        for (const change of picture.hear(one, true).changes) readers.tell(change, one.receivedAt, null);
    },
    presence(extensionId: string, sequence: number, telephonyStatus: string) {
      const news = readPresenceNews({ extensionId, sequence, telephonyStatus }, sequence, () => undefined);
      for (const change of news === null ? [] : picture.hearPresence(news).changes)
        readers.tell(change, sequence, null);
    },
  };
}

function told(event: AccountCallEvent): string {
  if (event.type === 'AccountCallPartyChange')
    return `${event.party.id.split('-').at(-1)} ${event.previousStatus?.code} → ${event.party.status.code}, ${event.skipped} left out`;
  if (event.type === 'AccountPresenceChange')
    return `${event.presence.extensionId} ${event.presence.telephonyStatus}`;
  return event.type === 'AccountSnapshot' ? `snapshot ${event.reason}` : event.type;
}

/** Reads what is there, and not on. */
async function readTo(events: AsyncIterator<AccountCallEvent>, isLast: (event: AccountCallEvent) => boolean) {
  const read: AccountCallEvent[] = [];
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) return read;
    read.push(value);
    if (isLast(value)) return read;
  }
}

describe('A slow reader', () => {
  test('gets of each party the latest, with what was left out and its state before', async () => {
    const { readers, hear, skips } = openAccount();
    const events = readers.events(null, undefined);
    // Up to where the call has been held and taken back.
    hear(newsOfLife(INBOUND, INBOUND_LIFE).slice(0, 7));
    const read = await readTo(
      events,
      (event) => told(event).startsWith('2 ') && told(event).includes('→ ANSWERED'),
    );
    expect(read.map(told)).toEqual([
      'snapshot SUBSCRIBED',
      'AccountCallBegan',
      '1 SETUP → ANSWERED, 0 left out',
      '2 undefined → ANSWERED, 4 left out',
    ]);
    expect(await skips()).toBe(4);
    // Whoever comes back with the last cursor has missed nothing.
    expect(readers.replay().after(read.at(-1)?.cursor ?? '', Date.now())).toEqual([]);
  });

  test('gets of each extension the latest, each in the order of their news', async () => {
    const { readers, presence, skips } = openAccount();
    const events = readers.events(null, undefined);
    for (const [index, status] of ['Ringing', 'CallConnected', 'OnHold', 'NoCall'].entries())
      for (const id of ['1', '2', '3']) presence(id, index + 1, status);
    const read = await readTo(events, (event) => told(event) === '3 NO_CALL');
    expect(read.map(told).slice(-3)).toEqual(['1 NO_CALL', '2 NO_CALL', '3 NO_CALL']);
    expect(await skips()).toBe(12 - (read.length - 1));
  });

  test('that is far too slow gets a snapshot in place of all, from which it goes on', async () => {
    const { readers, presence, hear, picture } = openAccount();
    const events = readers.events(null, undefined);
    hear(newsOfLife(INBOUND, INBOUND_LIFE).slice(0, 3));
    // As many extensions as nobody reads of at once: their news do not replace each other.
    const count = 5_001;
    for (let id = 0; id < count; id += 1) presence(`${id}`, 1, 'Ringing');
    hear(newsOfLife(INBOUND, INBOUND_LIFE).slice(3, 5));
    const read = await readTo(
      events,
      (event) => event.type === 'AccountCallPartyChange' && event.party.status.code === 'ANSWERED',
    );
    expect(read.length).toBeLessThan(5_000);
    const [restart, ...after] = read;
    if (restart?.type !== 'AccountSnapshot') throw new Error(`It began with ${restart?.type}.`);
    expect(restart.reason).toBe('CURSOR_EXPIRED');
    expect(restart.calls.map(({ id }) => id)).toEqual([INBOUND]);
    // What is in neither is lost: with both, everything is there.
    const seen = new Set(restart.presences.map(({ extensionId }) => extensionId));
    for (const event of after)
      if (event.type === 'AccountPresenceChange') seen.add(event.presence.extensionId);
    expect(seen.size).toBe(count);
    expect(picture.presences()).toHaveLength(count);
    // Its cursor is a place to resume from: exactly what it was given afterwards comes again.
    const again = readers.replay().after(restart.cursor, Date.now());
    if (typeof again === 'string') throw new Error(again);
    expect(again.at(-1)?.cursor).toBe(read.at(-1)?.cursor);
    expect(again.length).toBeGreaterThanOrEqual(after.length);
  });

  test('of a row of colleagues gets the latest of each, and no other', async () => {
    const { readers, presence } = openAccount({ queueLimit: 1 });
    const row = readers.presences(['1', '2']);
    for (const [index, status] of ['Ringing', 'CallConnected', 'NoCall'].entries())
      for (const id of ['1', '2', '3']) presence(id, index + 1, status);
    const read = [await row.next(), await row.next()].map(({ value }) => [
      value.extensionId,
      value.telephonyStatus,
    ]);
    expect(new Map(read as [string, string][]).size).toBeLessThanOrEqual(2);
    let last = read;
    while (new Set(last.slice(-2).map(([, status]) => status)).size > 1 || last.at(-1)?.[1] !== 'NO_CALL') {
      const { value } = await row.next();
      last = [...last, [value.extensionId, value.telephonyStatus]];
    }
    expect(new Set(last.map(([id]) => id))).toEqual(new Set(['1', '2']));
    expect(last.length).toBeLessThanOrEqual(4);
  });
});

describe('What is kept for whoever comes back', () => {
  test('has a bound, and whoever missed more starts anew', async () => {
    const { readers, presence } = openAccount({}, 10);
    const events = readers.events(null, undefined);
    const { value: snapshot } = await events.next();
    for (let sequence = 1; sequence <= 30; sequence += 1)
      presence('1', sequence, sequence % 2 === 0 ? 'NoCall' : 'Ringing');
    const back = readers.events(snapshot.cursor, undefined);
    expect(told((await back.next()).value)).toBe('snapshot CURSOR_EXPIRED');
  });
});
