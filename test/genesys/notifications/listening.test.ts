/** Every state of listening to a channel × every input: where it stands then. */
import { describe, expect, test } from 'vitest';
import {
  FIRST,
  type Listening,
  type ListeningInput,
  next,
  takenOver,
} from '../../../src/genesys/notifications/listening.ts';
import {
  DENIED_FOR,
  LASTING,
  MOST_FAILURES,
  MOST_FIRST_FAILURES,
  WAITS,
} from '../../../src/upstream/setbacks.ts';

const NOW = 1_000_000;
const HALF = 0.5;
const channel = { id: 'channel-1', connectUri: 'wss://streaming.example/channels/channel-1' };
const other = { id: 'channel-2', connectUri: 'wss://streaming.example/channels/channel-2' };

const STATES = {
  first: FIRST,
  opening: { phase: 'opening', failures: 1, hasListened: true },
  fresh: { phase: 'connecting', channel, hasTopics: false, failures: 0, hasListened: false },
  coming: { phase: 'connecting', channel, hasTopics: true, failures: 0, hasListened: true },
  subscribing: { phase: 'subscribing', channel, failures: 0, hasListened: false },
  listening: { phase: 'listening', channel, failures: 0, since: NOW },
  // It was lost before, and is back for a moment; for long enough; for a moment, once too often.
  young: { phase: 'listening', channel, failures: 3, since: NOW - LASTING + 1 },
  lasting: { phase: 'listening', channel, failures: MOST_FAILURES, since: NOW - LASTING },
  restless: { phase: 'listening', channel, failures: MOST_FAILURES, since: NOW - LASTING + 1 },
  waiting: { phase: 'waiting', channel, hasTopics: true, failures: 0, hasListened: true, until: NOW + 1 },
  due: { phase: 'waiting', channel, hasTopics: true, failures: 0, hasListened: true, until: NOW },
  bare: { phase: 'waiting', channel: null, hasTopics: false, failures: 1, hasListened: false, until: NOW },
  denied: { phase: 'denied', reason: 'no', failures: 2, until: NOW + 1 },
  tolerated: { phase: 'denied', reason: 'no', failures: 2, until: NOW },
} as const satisfies Record<string, Listening>;

const INPUTS = {
  created: { kind: 'created', channel: other },
  opened: { kind: 'opened' },
  granted: { kind: 'granted' },
  gone: { kind: 'gone' },
  closing: { kind: 'closing' },
  lost: { kind: 'lost' },
  failed: { kind: 'failed', reason: 'network' },
  limited: { kind: 'failed', notBefore: NOW + 60_000, reason: 'limited' },
  denied: { kind: 'denied', reason: '403' },
  moved: { kind: 'moved' },
  due: { kind: 'due' },
  newToken: { kind: 'newToken' },
} as const satisfies Record<string, ListeningInput>;

const NEVER_LASTS = 'denied It is lost again and again, within a minute of listening. failures 9';

type Cell = 'same' | string;
/** A missing cell does not compile. */
const TABLE: Record<keyof typeof STATES, Record<keyof typeof INPUTS, Cell>> = {
  first: {
    created: 'connecting channel-2',
    ...{ opened: 'same', granted: 'same', gone: 'same', closing: 'same', lost: 'same' },
    failed: 'waiting 4000 failures 1',
    limited: 'waiting 60000 failures 1',
    denied: 'denied 403',
    ...{ moved: 'same', due: 'same', newToken: 'same' },
  },
  opening: {
    created: 'connecting channel-2 failures 1',
    ...{ opened: 'same', granted: 'same', gone: 'same', closing: 'same', lost: 'same' },
    failed: 'waiting 15000 failures 2',
    limited: 'waiting 60000 failures 2',
    denied: 'denied 403 failures 1',
    ...{ moved: 'same', due: 'same', newToken: 'same' },
  },
  fresh: {
    created: 'same',
    opened: 'subscribing channel-1',
    granted: 'same',
    // One that is gone before it was used is no channel to come back to, and no reason for haste.
    gone: 'waiting 4000 failures 1',
    closing: 'same',
    lost: 'waiting 4000 failures 1',
    failed: 'waiting 4000 failures 1',
    limited: 'waiting 60000 failures 1',
    denied: 'denied 403',
    moved: 'opening',
    ...{ due: 'same', newToken: 'same' },
  },
  coming: {
    created: 'same',
    // It was lost: that counts until this time lasts.
    opened: 'listening channel-1 failures 1',
    granted: 'same',
    gone: 'opening',
    closing: 'same',
    lost: 'waiting 4000 failures 1 channel-1',
    failed: 'waiting 4000 failures 1 channel-1',
    limited: 'waiting 60000 failures 1 channel-1',
    denied: 'denied 403',
    moved: 'opening',
    ...{ due: 'same', newToken: 'same' },
  },
  subscribing: {
    ...{ created: 'same', opened: 'same' },
    granted: 'listening channel-1',
    gone: 'waiting 4000 failures 1',
    closing: 'same',
    lost: 'waiting 4000 failures 1',
    failed: 'waiting 4000 failures 1',
    limited: 'waiting 60000 failures 1',
    denied: 'denied 403',
    moved: 'opening',
    ...{ due: 'same', newToken: 'same' },
  },
  listening: {
    ...{ created: 'same', opened: 'same', granted: 'same' },
    gone: 'opening',
    // The same address, and no wait.
    closing: 'connecting channel-1',
    lost: 'waiting 1050 failures 0 channel-1',
    ...{ failed: 'same', limited: 'same' },
    denied: 'denied 403',
    moved: 'opening',
    ...{ due: 'same', newToken: 'same' },
  },
  young: {
    ...{ created: 'same', opened: 'same', granted: 'same' },
    gone: 'waiting 30000 failures 3',
    closing: 'connecting channel-1 failures 3',
    lost: 'waiting 30000 failures 3 channel-1',
    ...{ failed: 'same', limited: 'same' },
    denied: 'denied 403 failures 3',
    moved: 'opening',
    ...{ due: 'same', newToken: 'same' },
  },
  lasting: {
    ...{ created: 'same', opened: 'same', granted: 'same' },
    gone: 'opening',
    closing: 'connecting channel-1',
    lost: 'waiting 1050 failures 0 channel-1',
    ...{ failed: 'same', limited: 'same' },
    denied: 'denied 403 failures 9',
    moved: 'opening',
    ...{ due: 'same', newToken: 'same' },
  },
  restless: {
    ...{ created: 'same', opened: 'same', granted: 'same' },
    // Polls, which work, are better than what never lasts.
    gone: NEVER_LASTS,
    closing: NEVER_LASTS,
    lost: NEVER_LASTS,
    ...{ failed: 'same', limited: 'same' },
    denied: 'denied 403 failures 9',
    moved: 'opening',
    ...{ due: 'same', newToken: 'same' },
  },
  waiting: {
    ...{ created: 'same', opened: 'same', granted: 'same' },
    gone: 'waiting 1 failures 0',
    ...{ closing: 'same', lost: 'same', failed: 'same', limited: 'same' },
    denied: 'denied 403',
    moved: 'opening',
    ...{ due: 'same', newToken: 'same' },
  },
  due: {
    ...{ created: 'same', opened: 'same', granted: 'same' },
    gone: 'waiting 0 failures 0',
    ...{ closing: 'same', lost: 'same', failed: 'same', limited: 'same' },
    denied: 'denied 403',
    moved: 'opening',
    due: 'connecting channel-1',
    newToken: 'same',
  },
  bare: {
    ...{ created: 'same', opened: 'same', granted: 'same', gone: 'same' },
    ...{ closing: 'same', lost: 'same', failed: 'same', limited: 'same' },
    denied: 'denied 403 failures 1',
    moved: 'same',
    due: 'opening failures 1',
    newToken: 'same',
  },
  denied: {
    ...{ created: 'same', opened: 'same', granted: 'same', gone: 'same', closing: 'same', lost: 'same' },
    ...{ failed: 'same', limited: 'same', denied: 'same', moved: 'same', due: 'same' },
    newToken: 'opening',
  },
  tolerated: {
    ...{ created: 'same', opened: 'same', granted: 'same', gone: 'same', closing: 'same', lost: 'same' },
    ...{ failed: 'same', limited: 'same', denied: 'same', moved: 'same' },
    // What failed before counts until something lasts.
    due: 'opening failures 2',
    newToken: 'opening',
  },
};

const cells = (Object.keys(TABLE) as (keyof typeof STATES)[]).flatMap((state) =>
  (Object.keys(TABLE[state]) as (keyof typeof INPUTS)[]).map(
    (input) => [state, input, TABLE[state][input]] as const,
  ),
);

test.each(cells)('%s, then %s: %s', (state, input, cell) => {
  const before = STATES[state];
  const after = next(before, INPUTS[input], NOW, HALF);
  if (cell === 'same') expect(after).toBe(before);
  else expect(inWords(after)).toBe(cell);
});

function inWords(state: Listening): string {
  switch (state.phase) {
    case 'opening':
      return ['opening', counted(state)].flat().join(' ');
    case 'connecting':
    case 'subscribing':
    case 'listening':
      return [state.phase, state.channel.id, counted(state)].flat().join(' ');
    case 'waiting':
      return [`waiting ${state.until - NOW} failures ${state.failures}`, state.channel?.id ?? []]
        .flat()
        .join(' ');
    case 'denied':
      return ['denied', state.reason, counted(state)].flat().join(' ');
  }
}

function counted({ failures }: { readonly failures: number }): string | [] {
  return failures === 0 ? [] : `failures ${failures}`;
}

describe('A listener', () => {
  test('that takes over comes back by the same channel, which has its topics', () => {
    expect(next(takenOver(channel), { kind: 'opened' }, NOW, HALF)).toMatchObject({
      phase: 'listening',
      channel,
    });
  });

  test('has listened before, wherever it is lost and whatever is tried then', () => {
    const lost = next(STATES.listening, { kind: 'lost' }, NOW, HALF);
    const again = next(lost, { kind: 'due' }, NOW + 10_000, HALF);
    expect(next(again, { kind: 'gone' }, NOW + 10_000, HALF)).toMatchObject({ hasListened: true });
    expect(next(STATES.listening, { kind: 'moved' }, NOW, HALF)).toMatchObject({ hasListened: true });
  });

  test.each([
    ['has worked', STATES.opening, MOST_FAILURES - 1],
    ['has never worked', FIRST, MOST_FIRST_FAILURES],
  ])('gives up for ten minutes where it %s and fails over and over', (_what, first, most) => {
    let state: Listening = first;
    let now = NOW;
    let tries = 0;
    const waits: number[] = [];
    while (state.phase !== 'denied') {
      tries += 1;
      state = next(state, { kind: 'failed', reason: 'network' }, now, HALF);
      if (state.phase !== 'waiting') continue;
      waits.push(state.until - now);
      now = state.until;
      state = next(state, { kind: 'due' }, now, HALF);
    }
    expect(tries).toBe(most);
    expect(state.until).toBe(now + DENIED_FOR);
    expect(waits).toEqual(waits.toSorted((one, another) => one - another));
  });

  test('waits at random between the bounds, so that a thousand do not come at once', () => {
    const [[least, most] = [0, 0]] = WAITS;
    const at = (random: number) => next(STATES.listening, { kind: 'lost' }, NOW, random);
    expect(at(0)).toMatchObject({ until: NOW + least });
    expect(at(1)).toMatchObject({ until: NOW + most });
  });
});
