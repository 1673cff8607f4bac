/** What gateways wish to be watched, laid together. */
import { describe, expect, test } from 'vitest';
import {
  errandsOf,
  isEmpty,
  NO_WISH,
  othersOf,
  type Wish,
  type Wishes,
  withWish,
} from '../../src/live/shared/wishes.ts';

const NOW = 1_000;
const asked = (tells = 0, looks = 0, wholes = 0) => ({ tells, looks, wholes });
const wish = (calls: Wish['calls'], list: number | null = null): Wish => ({ calls, list });

function together(...wishes: readonly (readonly [name: string, wish: Wish, until: number])[]): Wishes | null {
  return wishes.reduce<Wishes | null>(
    (all, [name, one, until]) => withWish(all, name, one, until, NOW),
    null,
  );
}

describe('The wishes of gateways', () => {
  test('are each its own, and end with whoever does not renew them.', () => {
    const all = together(
      ['one', wish({ 's-1': asked() }), NOW + 5],
      ['other', wish({ 's-2': asked() }, 0), NOW + 10],
    );
    expect(Object.keys(othersOf(all, 'one', NOW))).toEqual(['other']);
    expect(Object.keys(othersOf(all, 'third', NOW + 5))).toEqual(['other']);
    expect(othersOf(all, 'third', NOW + 10)).toEqual({});
  });

  test('are gone when nobody wishes anything, or comes back for it.', () => {
    const all = together(['one', wish({ 's-1': asked() }), NOW + 5]);
    expect(withWish(all, 'one', NO_WISH, NOW + 20, NOW)).toBeNull();
    expect(withWish(all, 'other', NO_WISH, NOW + 20, NOW + 6)).toBeNull();
    expect([isEmpty(NO_WISH), isEmpty(wish({}, 0)), isEmpty(wish({ 's-1': asked() }))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('ask for what was not asked for before, once, however often they are read.', () => {
    const before = together(
      ['one', wish({ 's-1': asked(1, 2, 0) }, 1), NOW + 5],
      ['other', wish({ 's-1': asked() }), NOW + 5],
    );
    const after = together(
      ['one', wish({ 's-1': asked(1, 3, 0) }, 2), NOW + 5],
      ['other', wish({ 's-1': asked(1, 0, 0), 's-2': asked(0, 0, 1) }), NOW + 5],
    );
    expect(errandsOf(before ?? {}, after ?? {})).toEqual({
      calls: new Set(['s-1', 's-2']),
      isListWished: true,
      isListAsked: true,
      tells: ['s-1'],
      looks: ['s-1'],
      wholes: ['s-2'],
      beside: [],
      isBesideAsked: false,
    });
    expect(errandsOf(after ?? {}, after ?? {})).toEqual({
      calls: new Set(['s-1', 's-2']),
      isListWished: true,
      isListAsked: false,
      tells: [],
      looks: [],
      wholes: [],
      beside: [],
      isBesideAsked: false,
    });
  });

  test('beside the calls are told as they are, and asked for once.', () => {
    const beside = (wholes: number) => ({ ...NO_WISH, beside: { what: 'everything', wholes } });
    const before = withWish(null, 'other', beside(0), NOW + 5, NOW);
    const after = withWish(before, 'other', beside(1), NOW + 5, NOW);
    expect(errandsOf({}, before ?? {})).toMatchObject({ beside: ['everything'], isBesideAsked: false });
    expect(errandsOf(before ?? {}, after ?? {})).toMatchObject({
      beside: ['everything'],
      isBesideAsked: true,
    });
    expect(errandsOf(after ?? {}, after ?? {})).toMatchObject({ isBesideAsked: false });
    expect(withWish(after, 'other', { ...NO_WISH, beside: null }, NOW + 5, NOW)).toBeNull();
  });
});
