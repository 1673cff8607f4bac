/**
 * Where sessions are kept, in the commons and sealed: the accounts, and under the digest of each cookie whose account it
 * opens. What was sealed for one place is not believed in another.
 */
import * as z from 'zod/mini';
import type { Cell, CellSort, Change, Commons, Key, Soon, Stop } from '../commons/commons.ts';
import { type Account, lifetimeOf, type SessionTimes } from './account.ts';
import type { Sealer } from './sealer.ts';
import type { OfEach } from './systems.ts';

/** What a cookie opens. */
export interface Pointer {
  readonly publicId: string;
  /** The account of each system that was signed in to. */
  readonly accounts: OfEach<string>;
}

/** What a change of an account answers, and the account after it. */
export interface AccountStep<Result> {
  /** Left out: it stays. Null: it is gone. */
  readonly account?: Account | null;
  readonly result: Result;
}

export interface Store {
  /**
   * Changes an account as if nobody else were there; others who hold it are told. One whose sessions have all been ended is
   * null, and known to be: `isKnown` is false where nothing stands there, or what stood there is lost.
   * @throws {Apart} where the commons cannot be reached.
   */
  change<Result>(
    account: string,
    step: (account: Account | null, now: number, isKnown: boolean) => AccountStep<Result>,
  ): Soon<Result>;
  follow(account: string, hear: () => void): Stop;
  /** @throws {Apart} */
  find(cookieKey: string): Soon<Pointer | null>;
  /** Adds to what this session opens there already. @throws {Apart} */
  point(cookieKey: string, pointer: Pointer): Soon<void>;
  forget(cookieKey: string): Soon<void>;
  /** Marks something that works once; false: it was used before. */
  useOnce(what: string, lifetime: number): Soon<boolean>;
}

/** What stands in a cell: a value, and the place it was sealed for. */
interface Placed<Value> {
  readonly place: string;
  readonly value: Value;
}

const AnyPlaced = z.object({ place: z.string(), value: z.unknown() });

/** Makes it. */
export function createStore(commons: Commons, sealer: Sealer, times: SessionTimes): Store {
  const accounts = commons.cell(sealed<Account | null>('account', sealer));
  const pointers = commons.cell(sealed<Pointer>('session', sealer));
  const used = commons.cell<true>({ word: 'signed' });

  return {
    change(account, step) {
      const place = placeOf(account, 'account');
      return accounts.update(place, (held, now) => {
        const placed = held?.place === account ? held : null;
        const value = placed?.value ?? null;
        const { account: next, result } = step(value, now, placed !== null);
        if (next === undefined || next === value) return { result };
        const lifetime = next === null ? times.absolute : lifetimeOf(next, times, now);
        return { value: { place: account, value: next }, lifetime, tell: true, result };
      });
    },
    follow: (account, hear) => accounts.follow(placeOf(account, 'account'), hear),
    find: (key) => update(pointers, placeOf(key, 'session'), key, (result) => ({ result })),
    point: (key, value) =>
      update(pointers, placeOf(key, 'session'), key, (known) => {
        const before = known?.publicId === value.publicId ? known.accounts : {};
        const accounts = { ...before, ...value.accounts };
        return { value: { ...value, accounts }, lifetime: times.absolute, result: undefined };
      }),
    forget: (key) =>
      update(pointers, placeOf(key, 'session'), key, () => ({ value: null, result: undefined })),
    useOnce: (what, lifetime) =>
      used.update({ owner: `signed ${what}` }, (before) =>
        before === null ? { value: true, lifetime, result: true } : { result: false },
      ),
  };
}

function placeOf(name: string, word: string): Key {
  return { owner: `${word} ${name}` };
}

function sealed<Value>(word: string, sealer: Sealer): CellSort<Placed<Value> | null> {
  return {
    word,
    write: (value) => sealer.seal(JSON.stringify(value)),
    read(text) {
      const opened = sealer.open(text);
      const placed = AnyPlaced.safeParse(opened === null ? null : JSON.parse(opened));
      return placed.success ? (placed.data as Placed<Value>) : null;
    },
  };
}

function update<Value, Result>(
  cell: Cell<Placed<Value> | null>,
  key: Key,
  place: string,
  step: (value: Value | null, now: number) => Change<Value, Result>,
): Soon<Result> {
  return cell.update(key, (held, now) => {
    const { value, ...change } = step(held?.place === place ? held.value : null, now);
    if (value === undefined) return change;
    return { ...change, value: value === null ? null : { place, value } };
  });
}
