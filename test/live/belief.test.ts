/** Whether what is shown is believed, after what told of changes was lost. */
import { expect, test } from 'vitest';
import { createBelief } from '../../src/live/belief.ts';
import type { Listening } from '../../src/live/source.ts';
import type { RingCentralKind } from '../../src/ringcentral/call-kind.ts';

const LISTENING: Listening<RingCentralKind> = { tellsOf: () => true, stop: () => {} };
const LOST = { kind: 'lost', listening: LISTENING } as const;
const BACK = { kind: 'listening', mayHaveMissed: false, afterLoss: true } as const;
const BACK_WITH_GAPS = { kind: 'listening', mayHaveMissed: true, afterLoss: true } as const;
const FIRST = { kind: 'listening', mayHaveMissed: true, afterLoss: false } as const;

function house({ isCovered = true, isHealthy = true, isHeld = false } = {}) {
  /** `-` for a doubt, `+` for its end; an end without a doubt is told to nobody by those who are asked to. */
  const told: string[] = [];
  const belief = createBelief({
    isCovered: () => isCovered,
    isHealthy: () => isHealthy,
    isHeld: () => isHeld,
    onDoubt: () => told.at(-1) !== '-' && told.push('-'),
    onBelief: () => told.at(-1) === '-' && told.push('+'),
  });
  const read = (age: number) =>
    belief.read({ sentAt: Date.now() - age, receivedAt: Date.now() + Math.max(0, 1 - age) });
  return { belief, told, read };
}

test('A loss is told, polls while it lasts end no doubt, and its end is told once everything was replayed', () => {
  const { belief, told, read } = house();
  belief.turned(LOST);
  read(0);
  belief.confirmed();
  expect(told).toEqual(['-']);
  belief.turned(BACK);
  read(0);
  expect(told).toEqual(['-', '+']);
});

test('What may have been missed is doubted until something is read that was asked for afterwards', () => {
  const { belief, told, read } = house();
  belief.turned(BACK_WITH_GAPS);
  belief.read({ sentAt: Date.now() - 50, receivedAt: Date.now() + 5 });
  expect(told).toEqual(['-']);
  read(0);
  expect(told).toEqual(['-', '+']);
});

test('A clock that is set back meanwhile does not keep the doubt alive', () => {
  const { belief, told } = house();
  belief.turned(BACK_WITH_GAPS);
  belief.read({ sentAt: Date.now() - 3_600_000, receivedAt: Date.now() - 3_600_000 });
  expect(told).toEqual(['-', '+']);
});

test('A read that is held lets nothing be missed', () => {
  const { belief, told } = house({ isHeld: true });
  belief.turned(BACK_WITH_GAPS);
  expect(told).toEqual(['-', '+']);
});

test('While something else is wrong the end of a loss is no end of the doubt', () => {
  const { belief, told, read } = house({ isHealthy: false });
  belief.turned(LOST);
  belief.turned(BACK);
  expect(told).toEqual(['-']);
  read(0);
  expect(told).toEqual(['-', '+']);
});

test('A loss that is for good ends with the next answer: it is polled from then on', () => {
  const { belief, told, read } = house();
  belief.turned(LOST);
  belief.turned({ kind: 'denied' });
  read(0);
  expect(told).toEqual(['-', '+']);
});

test('Whoever was told nothing by it hears of no loss, and nobody does when listening begins', () => {
  const polled = house({ isCovered: false });
  for (const turn of [LOST, BACK_WITH_GAPS]) polled.belief.turned(turn);
  const fresh = house();
  fresh.belief.turned(FIRST);
  expect([polled.told, fresh.told]).toEqual([[], []]);
});
