/** Which of presence and the calls themselves is believed, and when. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PartyStatusCode, PartyStatusReason } from '../../schema/model.ts';
import * as lists from '../../src/live/call-list.ts';
import type { RingCentralKind, SeenParty } from '../../src/ringcentral/call-kind.ts';
import { LIST } from '../../src/ringcentral/call-list.ts';
import { activeCall, SESSION, status } from './support.ts';

type CallList = lists.CallList<RingCentralKind>;
type Sight = lists.Sighting<RingCentralKind>;

const withAnswer = (
  held: CallList | null,
  given: lists.ListAnswer<RingCentralKind>,
  sightOf: lists.SightOf<RingCentralKind>,
) => lists.withAnswer(LIST, held, given, sightOf);
const withSight = (held: CallList, sessionId: string, parties: readonly SeenParty[], at: number) =>
  lists.withSight(LIST, held, sessionId, parties, at);

const T = Date.UTC(2026, 0, 5, 9);
const RINGING = { telephonyStatus: 'RINGING', rawTelephonyStatus: 'Ringing' } as const;
const CONNECTED = { telephonyStatus: 'CALL_CONNECTED', rawTelephonyStatus: 'CallConnected' } as const;

/** An own party of the call, seen at so many milliseconds. */
function seen(id: string, code: PartyStatusCode, at: number, more: Partial<SeenParty> = {}): SeenParty {
  return {
    id,
    extensionId: '101',
    status: status(code),
    direction: 'INBOUND',
    conferenceRole: null,
    observedAt: T + at,
    ...more,
  };
}

const left = (id: string, reason: PartyStatusReason | null, at: number) =>
  seen(id, 'DISCONNECTED', at, { status: status('DISCONNECTED', { reason }) });

/** An answer of presence with these parties of the call, asked for and answered at so many milliseconds. */
const answer = (parties: Readonly<Record<string, object>>, sentAt: number, receivedAt = sentAt + 100) => ({
  calls: Object.entries(parties).map(([partyId, more]) => activeCall(partyId, more)),
  sentAt: T + sentAt,
  receivedAt: T + receivedAt,
});

const sight = (isCurrent: boolean, ...parties: SeenParty[]): Sight => ({ isCurrent, sight: parties });
const nobodyLooks = () => undefined;
const told = (list: CallList) =>
  list.calls.map(({ partyId, telephonyStatus }) => `${partyId} ${telephonyStatus}`).join(', ');

describe('An answer of presence', () => {
  test('that is older than the one that is held changes nothing, however late it comes.', () => {
    const newer = withAnswer(null, answer({}, 1_000, 1_050), nobodyLooks);
    expect(withAnswer(newer, answer({ 'p-2': RINGING }, 0, 5_000), nobodyLooks)).toBe(newer);
    expect(told(withAnswer(newer, answer({ 'p-2': RINGING }, 1_000, 5_000), nobodyLooks))).toBe(
      'p-2 RINGING',
    );
  });

  test('is believed after the clock was set back.', () => {
    const before = withAnswer(null, answer({ 'p-2': RINGING }, 3_600_000), nobodyLooks);
    const after = withAnswer(before, answer({}, 0), nobodyLooks);
    expect(told(after)).toBe('');
    expect(after.observedAt).toBe(before.observedAt + 1);
  });

  test('that names an entry twice has it once.', () => {
    const { calls, ...times } = answer({ 'p-2': RINGING, 'p-3': RINGING }, 0);
    const twice = { ...times, calls: [...calls, activeCall('p-2', CONNECTED)] };
    expect(told(withAnswer(null, twice, nobodyLooks))).toBe('p-2 RINGING, p-3 RINGING');
  });

  const cells: readonly [name: string, sight: Sight | undefined, sentAt: number, list: string][] = [
    ['of a call that nobody looks at', undefined, 0, 'p-2 RINGING'],
    ['of a party that nobody saw', sight(true, seen('p-9', 'HOLD', 0)), 0, 'p-2 RINGING'],
    ['of a party that is watched', sight(true, seen('p-2', 'ANSWERED', 0)), 3_600_000, 'p-2 CALL_CONNECTED'],
    ['of one seen a moment ago', sight(false, seen('p-2', 'HOLD', 0)), 9_000, 'p-2 ON_HOLD'],
    ['of one seen long ago', sight(false, seen('p-2', 'HOLD', 0)), 11_000, 'p-2 RINGING'],
    ['of one in a state without a word', sight(true, seen('p-2', 'VOICE_MAIL', 0)), 0, 'p-2 RINGING'],
    ['of one that left', sight(true, left('p-2', null, 0)), 0, ''],
    ['of one that left, and is not watched', sight(false, left('p-2', null, 0)), 59_000, ''],
    ['of one that left long ago', sight(false, left('p-2', null, 0)), 61_000, 'p-2 RINGING'],
    ['of one that is gone', sight(true, seen('p-2', 'GONE', 0)), 0, ''],
    [
      'of one that is gone, as members of a conference are',
      sight(true, seen('p-2', 'GONE', 0, { conferenceRole: 'PARTICIPANT' })),
      0,
      'p-2 RINGING',
    ],
    [
      'of one that goes on as another party of the user',
      sight(true, left('p-2', null, 0), seen('p-3', 'ANSWERED', 0)),
      0,
      'p-3 CALL_CONNECTED',
    ],
    [
      'of one that left a call with others in it',
      sight(true, left('p-2', null, 0), seen('p-1', 'ANSWERED', 0, { extensionId: null })),
      0,
      '',
    ],
    [
      'of one that left by a switch a moment ago',
      sight(true, left('p-2', 'CALL_SWITCH', 0), seen('p-1', 'ANSWERED', 0, { extensionId: null })),
      9_000,
      'p-2 RINGING',
    ],
    [
      'of one that left by a switch, and nothing came',
      sight(true, left('p-2', 'CALL_SWITCH', 0), seen('p-1', 'ANSWERED', 0, { extensionId: null })),
      11_000,
      '',
    ],
    [
      'of one that left by a switch as everybody left',
      sight(true, left('p-2', 'CALL_SWITCH', 0), left('p-1', null, 0)),
      0,
      '',
    ],
  ];
  for (const [name, seenNow, sentAt, list] of cells) {
    test(`with an entry ${name} is the list "${list}".`, () => {
      expect(told(withAnswer(null, answer({ 'p-2': RINGING }, sentAt), () => seenNow))).toBe(list);
    });
  }
});

describe('The other phone of a user', () => {
  const before = withAnswer(null, answer({ 'p-2': CONNECTED }, 0), nobodyLooks);
  const both = [left('p-2', 'CALL_SWITCH', 1_000), seen('p-3', 'ANSWERED', 1_000, { direction: 'OUTBOUND' })];

  test('takes the place of the one before at once, and keeps it until presence knows.', () => {
    const switched = withSight(before, SESSION, both, T + 1_000);
    expect(switched.calls).toMatchObject([{ partyId: 'p-3', direction: 'OUTBOUND', ...CONNECTED }]);
    const lagging = withAnswer(switched, answer({ 'p-2': CONNECTED }, 1_500), () => sight(true, ...both));
    const between = withAnswer(lagging, answer({}, 2_000), () => sight(false, ...both));
    const known = withAnswer(between, answer({ 'p-3': CONNECTED }, 8_000), () => sight(false, ...both));
    for (const list of [lagging, between, known]) expect(told(list)).toBe('p-3 CALL_CONNECTED');
    expect(told(withAnswer(known, answer({}, 9_000), () => sight(false, ...both)))).toBe('');
  });

  test('that presence never lists is kept while its call is watched, and else for a moment.', () => {
    const switched = withSight(before, SESSION, both, T + 1_000);
    const watched = withAnswer(switched, answer({}, 60_000), () => sight(true, ...both));
    expect(told(watched)).toBe('p-3 CALL_CONNECTED');
    expect(told(withAnswer(switched, answer({}, 12_000), () => sight(false, ...both)))).toBe('');
  });

  test('that is listed already does not stand there twice.', () => {
    const overlap = withAnswer(before, answer({ 'p-2': CONNECTED, 'p-3': RINGING }, 500), nobodyLooks);
    expect(told(withSight(overlap, SESSION, both, T + 1_000))).toBe('p-3 CALL_CONNECTED');
  });

  test('may come in the next body: until then the call stays in the list.', () => {
    const far = seen('p-1', 'ANSWERED', 0, { extensionId: null });
    const alone = withSight(before, SESSION, [far, left('p-2', 'PICKUP', 1_000)], T + 1_000);
    expect(told(alone)).toBe('p-2 CALL_CONNECTED');
    expect(told(withSight(alone, SESSION, [far, ...both], T + 1_500))).toBe('p-3 CALL_CONNECTED');
  });
});

test('A call that is seen as the list has it leaves the same list.', () => {
  const list = withAnswer(null, answer({ 'p-2': CONNECTED }, 0), nobodyLooks);
  expect(withSight(list, SESSION, [seen('p-2', 'ANSWERED', 500)], T + 500)).toBe(list);
  expect(withSight(list, 's-other', [left('p-2', null, 500)], T + 500)).toBe(list);
});

describe('While a call is watched, and after it', () => {
  const WORDS = { PROCEEDING: RINGING, ANSWERED: CONNECTED } as const;
  type Code = keyof typeof WORDS;
  const milliseconds = (max: number) => fc.integer({ min: 0, max });

  test('no answer, however late and in whatever order, takes back what was seen.', () => {
    fc.assert(
      fc.property(
        milliseconds(20_000), // answered at
        milliseconds(20_000), // over so much later
        milliseconds(500), // the watch sees it so much later
        fc.array(fc.tuple(milliseconds(60_000), milliseconds(9_000), milliseconds(5_000)), { maxLength: 20 }),
        (answeredAt, talk, delay, questions) => {
          const overAt = answeredAt + talk;
          const codeAt = (at: number): Code | null =>
            at < answeredAt ? 'PROCEEDING' : at < overAt ? 'ANSWERED' : null;
          let watched: SeenParty = seen('p-2', 'PROCEEDING', 0);
          let isCurrent = true;
          let list = withAnswer(null, answer({ 'p-2': RINGING }, 0, 0), () => sight(true, watched));
          const look = (party: SeenParty, at: number) => () => {
            watched = party;
            isCurrent = party.status.code !== 'DISCONNECTED';
            return withSight(list, SESSION, [party], T + at);
          };
          const steps = [
            {
              at: answeredAt + delay,
              next: look(seen('p-2', 'ANSWERED', answeredAt + delay), answeredAt + delay),
            },
            { at: overAt + delay, next: look(left('p-2', null, overAt + delay), overAt + delay) },
            ...questions.map(([sentAt, lag, latency]) => {
              const code = codeAt(sentAt - lag);
              const known = code === null ? {} : { 'p-2': WORDS[code] };
              const at = sentAt + latency;
              return {
                at,
                next: () => withAnswer(list, answer(known, sentAt, at), () => sight(isCurrent, watched)),
              };
            }),
          ].sort((one, other) => one.at - other.at);
          for (const { next } of steps) {
            const before = list;
            list = next();
            expect(list.calls.length).toBeLessThanOrEqual(1);
            expect(list.observedAt).toBeGreaterThanOrEqual(before.observedAt);
            if (told(list) !== told(before)) expect(list.observedAt).toBeGreaterThan(before.observedAt);
            if (watched.status.code === 'DISCONNECTED') expect(told(list)).toBe('');
            if (watched.status.code === 'ANSWERED') expect(told(list)).not.toContain('RINGING');
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
