/** The rule for caches that README gives to frontend teams: of two states of a party the newer one. */
import { describe, expect, test } from 'vitest';
import { createNewest } from '../../examples/newest.ts';

/** A party at this second. */
function party(second: number, fields: object, id = 'p-1') {
  return { id, sessionId: 's-1', ...fields, observedAt: `2026-01-01T00:00:0${second}.000Z` };
}

const HELD = { status: { code: 'HOLD' } };
const TALKING = { status: { code: 'ANSWERED' } };

describe('What comes late', () => {
  test.each([
    ['is shown as it is by now', HELD, TALKING, HELD],
    ['gives what was not known', HELD, { ...TALKING, muted: true }, { ...HELD, muted: true }],
    [
      'gives what was not known inside of what was',
      HELD,
      { status: { code: 'ANSWERED', reason: null } },
      { status: { code: 'HOLD', reason: null } },
    ],
    [
      'is given what it asked for and no more',
      { status: { code: 'HOLD', rawCode: 'Hold' } },
      TALKING,
      { status: { code: 'HOLD' } },
    ],
    ['is shown what has gone', { park: null }, { park: { id: '*801' } }, { park: null }],
    [
      'keeps null where it may have asked for more than was seen',
      { park: { id: '*801' } },
      { park: null },
      { park: null },
    ],
    [
      'is shown the newer list',
      { recordings: [{ id: '1', active: true }] },
      { recordings: [{ id: '1', active: false }] },
      { recordings: [{ id: '1', active: true }] },
    ],
    ['is shown an empty list', { recordings: [] }, { recordings: [{ id: '1' }] }, { recordings: [] }],
    [
      'keeps its list where the newer one says less of each',
      { recordings: [{ id: '1' }] },
      { recordings: [{ id: '1', active: false }] },
      { recordings: [{ id: '1', active: false }] },
    ],
    [
      'keeps its own other party',
      { peer: party(2, HELD, 'p-3') },
      { peer: party(1, TALKING, 'p-2') },
      { peer: party(1, TALKING, 'p-2') },
    ],
  ])('%s', (_what, newer, older, shown) => {
    const newest = createNewest();
    expect(newest(party(2, newer))).toEqual(party(2, newer));
    expect(newest(party(1, older))).toEqual(party(2, shown));
  });
});

test('What comes in order is not touched', () => {
  const newest = createNewest();
  expect(newest(party(1, TALKING))).toEqual(party(1, TALKING));
  expect(newest(party(2, HELD))).toEqual(party(2, HELD));
  expect(newest(party(2, { muted: true }))).toEqual(party(2, { muted: true }));
});

test('A party is found wherever it stands, and each is known by its session and its id', () => {
  const newest = createNewest();
  newest({ callEvents: { party: party(2, HELD) } });
  const answer = {
    data: {
      callSession: {
        id: 's-1',
        parties: [party(1, TALKING), party(1, TALKING, 'p-2'), { ...party(1, TALKING), sessionId: 's-2' }],
      },
    },
  };
  expect(newest(answer)).toEqual({
    data: {
      callSession: {
        id: 's-1',
        parties: [party(2, HELD), party(1, TALKING, 'p-2'), { ...party(1, TALKING), sessionId: 's-2' }],
      },
    },
  });
  // Caches freeze what they have.
  expect(answer.data.callSession.parties[0]).toEqual(party(1, TALKING));
});

test('The thousand parties that were seen last are remembered, and not more', () => {
  const newest = createNewest();
  newest(party(2, HELD, 'first'));
  newest(party(2, HELD, 'second'));
  for (let index = 0; index < 998; index += 1) newest(party(2, HELD, `p-${index}`));
  expect(newest(party(1, TALKING, 'first'))).toEqual(party(2, HELD, 'first'));
  newest(party(2, HELD, 'one more'));
  expect(newest(party(1, TALKING, 'second'))).toEqual(party(1, TALKING, 'second'));
});

describe('A participant of Genesys Cloud', () => {
  /** One at this second. */
  function participant(second: number, fields: object, id = 'p-1') {
    return { id, conversationId: 'c-1', ...fields, observedAt: `2026-01-01T00:00:0${second}.000Z` };
  }

  test('is the newer one of two, too, wherever it stands', () => {
    const newest = createNewest();
    newest({ callMediaParticipantUpdated: participant(2, { held: true, peer: 'k-2' }) });
    const late = {
      viewer: { conversations: [{ participants: [participant(1, { held: false, peer: 'k-1' })] }] },
    };
    expect(newest(late)).toEqual({
      viewer: { conversations: [{ participants: [participant(2, { held: true, peer: 'k-2' })] }] },
    });
  });

  test('is another one in another conversation, and its call is its own', () => {
    const newest = createNewest();
    const call = (startedAt: string) => ({ call: { startedAt }, conversation: { name: startedAt } });
    newest(participant(2, { held: true, ...call('later') }));
    const other = { ...participant(1, { held: false }), conversationId: 'c-2' };
    expect(newest(other)).toEqual(other);
    expect(newest(participant(1, call('earlier')))).toEqual(participant(2, call('earlier')));
  });
});
