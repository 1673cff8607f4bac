/**
 * Idempotency keys across gateways: one of them runs the command, the others wait for what it tells. What is decided
 * stands in `key-record.ts`.
 *
 * Calls come first: where the others cannot be asked, the command is run, and what came of it is told as soon as they
 * can be. Nothing is ever sent for a key that another gateway was seen to run: what became of that is then UNKNOWN.
 */
import { createHash, randomUUID } from 'node:crypto';
import { CallControlFailure, UpstreamUnavailable } from '../../schema/failures.ts';
import { Apart, type Cell, type Commons, type Key } from '../commons/commons.ts';
import { sealingKey } from '../commons/seal.ts';
import { mayHaveChanged } from '../commons/waiting.ts';
import { beat, type Claim, claim, ending, HOLD, type KeyRecord } from './key-record.ts';
import { type KeyedResult, readResult, type StateOf, storeResult, withState } from './stored-result.ts';

export interface SharedKeysParts {
  readonly commons: Commons;
  /** What else tells two keys apart: another upstream. */
  readonly scope?: (() => string) | undefined;
  /** Milliseconds that the outcome of another gateway is waited for. */
  readonly patience?: number | undefined;
  /** How long a key is remembered after its command ended. */
  readonly lifetime: number;
}

/** One use of one key. */
export interface KeyUse {
  readonly viewerId: string;
  readonly key: string;
  /** The command, as text. */
  readonly command: string;
}

/** What came of it: the outcome of this run or of another, or the key stands for another command. */
export type Use<Result> =
  | { readonly kind: 'ran' | 'told' | 'unclear'; readonly result: Result }
  | { readonly kind: 'refused' };

export interface SharedKeys {
  /** Runs the command unless another gateway has, or does. */
  once<Result extends KeyedResult>(
    use: KeyUse,
    run: () => Promise<Result>,
    unknown: StateOf<Result>,
  ): Promise<Use<Result>>;
}

/** Whoever waits looks again after so long, should it not have been told. */
const LOOK = 250; // milliseconds

const PATIENCE = 30_000; // 30 seconds

/** A key that is free again is known to those who waited for it for so long. */
const RELEASE_LIFETIME = 10_000; // 10 seconds

/** Outcomes that could not be told; the oldest is given up. */
const MOST_UNTOLD = 10_000;

type Stored = KeyRecord<string>;

/** Makes the keys of one gateway among others. */
export function createSharedKeys(
  parts: SharedKeysParts,
  neverSent: (result: KeyedResult) => boolean,
): SharedKeys {
  const { commons, scope = () => '', patience = PATIENCE, lifetime } = parts;
  const cell: Cell<Stored> = commons.cell({ word: 'key' });
  const untold = new Map<string, () => Promise<void>>();
  const self = randomUUID();
  let runs = 0;
  commons.onChange(() => {
    if (commons.state().name !== 'apart') for (const tell of [...untold.values()]) void tell();
  });

  return {
    async once<Result extends KeyedResult>(
      use: KeyUse,
      run: () => Promise<Result>,
      unknown: StateOf<Result>,
    ): Promise<Use<Result>> {
      const place = placeOf(use, scope());
      const until = performance.now() + patience;
      runs += 1;
      const id = `${self} ${runs}`;
      let waitsFor: string | null = null;
      try {
        for (;;) {
          const claimed: Claim<string> = await cell.update(place.cell, (record, now) => {
            const next = claim(record, { id, command: place.command, waitsFor }, now);
            return next.record === record
              ? { result: next.claim }
              : { value: next.record, lifetime, result: next.claim };
          });
          if (claimed.kind === 'mine') return { kind: 'ran', result: await runHeld(place, id, run) };
          if (claimed.kind === 'refused') return { kind: 'refused' };
          if (claimed.kind === 'lost') return unclear(GONE, unknown);
          if (claimed.kind === 'ended') {
            const result = readResult<Result>(claimed.result, place.seal);
            return result === null ? unclear(GONE, unknown) : { kind: 'told', result };
          }
          waitsFor = claimed.by;
          const left = until - performance.now();
          if (left <= 0) return unclear(STILL_RUNS, unknown);
          await mayHaveChanged((hear) => cell.follow(place.cell, hear), Math.min(left, LOOK));
        }
      } catch (error) {
        if (!(error instanceof Apart)) throw error;
        return waitsFor === null
          ? { kind: 'ran', result: await runHeld(place, id, run) }
          : unclear(PARTED, unknown);
      }
    },
  };

  async function runHeld<Result extends KeyedResult>(
    { cell: key, command, seal }: Place,
    id: string,
    run: () => Promise<Result>,
  ): Promise<Result> {
    const beating = setInterval(() => {
      void change(key, (record, now) => beat(record, id, now), lifetime).catch(ignore);
    }, HOLD / 3).unref();
    try {
      const result = await run();
      const state = neverSent(result) ? 'released' : 'ended';
      tell(id, key, { state, command, by: id, result: storeResult(result, seal) });
      return result;
    } catch (error) {
      // Of what failed in another way nobody knows whether it was sent: its record is left to run out.
      if (error instanceof CallControlFailure)
        tell(id, key, { state: 'released', command, by: id, result: null });
      throw error;
    } finally {
      clearInterval(beating);
    }
  }

  /** Tells the others, now or when they can be reached. */
  function tell(id: string, key: Key, next: Extract<Stored, { state: 'ended' | 'released' }>): void {
    const until = Date.now() + lifetime;
    const tryToTell = async () => {
      const left = next.state === 'released' ? RELEASE_LIFETIME : until - Date.now();
      if (left > 0) {
        try {
          await change(key, (record) => ending(record, next), left, true);
        } catch {
          return;
        }
      }
      untold.delete(id);
    };
    untold.set(id, tryToTell);
    const [oldest] = untold.keys();
    if (untold.size > MOST_UNTOLD && oldest !== undefined) untold.delete(oldest);
    void tryToTell();
  }

  async function change(
    key: Key,
    step: (record: Stored | null, now: number) => Stored | null,
    life: number,
    isTold = false,
  ): Promise<void> {
    await cell.update(key, (record, now) => {
      const value = step(record, now);
      return value === null ? { result: null } : { value, lifetime: life, tell: isTold, result: null };
    });
  }
}

interface Place {
  readonly cell: Key;
  /** Stands for the command: another one has another. */
  readonly command: string;
  readonly seal: Buffer;
}

/** Where a key is kept. Nothing of the command or the key itself can be read there. */
function placeOf({ viewerId, key, command }: KeyUse, scope: string): Place {
  const secret = JSON.stringify([scope, viewerId, key]);
  return {
    cell: { owner: JSON.stringify([scope, viewerId]), name: key },
    command: createHash('sha256').update(`${secret} ${command}`).digest('base64url'),
    seal: sealingKey(secret, 'outcome of a command'),
  };
}

const GONE = 'the gateway that sent it is gone, and did not tell what became of it';
const STILL_RUNS = 'another gateway has sent it, and waits for its outcome';
const PARTED = 'another gateway has sent it, which cannot be asked now';

function unclear<Result extends KeyedResult>(why: string, unknown: StateOf<Result>): Use<Result> {
  const error = new UpstreamUnavailable(`Whether the command was applied is unknown: ${why}.`, true);
  return {
    kind: 'unclear',
    result: withState<Result>({ outcome: 'UNKNOWN', replayed: true, error }, unknown),
  };
}

function ignore(): void {}
