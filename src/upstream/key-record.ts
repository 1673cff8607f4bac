/**
 * What gateways know of an idempotency key together: a machine of pure functions, kept in a cell.
 *
 * ```text
 *   (none) ──claim──► running ──outcome──► ended, for ten minutes
 *      ▲               │  ▲ └─ no beat any more: its gateway is gone, and what became of it is UNKNOWN,
 *      │               │  └──────┐ unless it comes back and tells
 *      │               ├──beat───┘
 *      └── released ◄──┘ nothing was sent: the key is free
 * ```
 */

/** A key that was used; an immutable value. Times are by the clock of the store. */
export type KeyRecord<Result> =
  | { readonly state: 'running'; readonly command: string; readonly by: string; readonly until: number }
  | { readonly state: 'ended'; readonly command: string; readonly by: string; readonly result: Result }
  /** Free again; the result is for those who have waited for it. Null: there is none. */
  | {
      readonly state: 'released';
      readonly command: string;
      readonly by: string;
      readonly result: Result | null;
    };

/** What came of asking for a key. */
export type Claim<Result> =
  /** It is the asker's, who runs the command. */
  | { readonly kind: 'mine' }
  /** It stands for another command. */
  | { readonly kind: 'refused' }
  /** Another gateway runs the command. */
  | { readonly kind: 'running'; readonly by: string }
  | { readonly kind: 'ended'; readonly result: Result }
  /** Whoever ran the command is gone, or the store has lost it. */
  | { readonly kind: 'lost' };

/** Whoever asks for a key. */
export interface Claimant {
  /** One run of one gateway. */
  readonly id: string;
  readonly command: string;
  /** The run whose outcome it has waited for; null: none. */
  readonly waitsFor: string | null;
}

/** How long a running command is believed in without a beat. */
export const HOLD = 10_000; // 10 seconds

/** Asks for a key; the record is the same object where nothing changes. */
export function claim<Result>(
  record: KeyRecord<Result> | null,
  { id, command, waitsFor }: Claimant,
  now: number,
): { readonly record: KeyRecord<Result> | null; readonly claim: Claim<Result> } {
  const mine = {
    record: { state: 'running', command, by: id, until: now + HOLD },
    claim: { kind: 'mine' },
  } as const;
  if (record === null) return waitsFor === null ? mine : { record, claim: { kind: 'lost' } };
  if (record.state === 'released') {
    const isAwaited = record.by === waitsFor && record.result !== null;
    return isAwaited ? { record, claim: { kind: 'ended', result: record.result } } : mine;
  }
  if (record.command !== command) return { record, claim: { kind: 'refused' } };
  if (record.state === 'ended') return { record, claim: { kind: 'ended', result: record.result } };
  if (record.until > now) return { record, claim: { kind: 'running', by: record.by } };
  return { record, claim: { kind: 'lost' } };
}

/** The run goes on; null: the record is not its own. */
export function beat<Result>(
  record: KeyRecord<Result> | null,
  id: string,
  now: number,
): KeyRecord<Result> | null {
  return record?.state === 'running' && record.by === id ? { ...record, until: now + HOLD } : null;
}

/** The run has ended; null: what is kept stays, because another run has the key. */
export function ending<Result>(
  record: KeyRecord<Result> | null,
  next: Extract<KeyRecord<Result>, { state: 'ended' | 'released' }>,
): KeyRecord<Result> | null {
  return record === null || record.by === next.by ? next : null;
}
