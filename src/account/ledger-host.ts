/** Whose ledger it is, and what they make of what stands in it. */
import type { Place } from '../live/replay.ts';
import type { AccountMemory } from './account-memory.ts';
import type { Change } from './change.ts';
import { changeIn, type Tiding, type Watching } from './tidings.ts';

/** The account whose ledger it is. */
export interface LedgerHost {
  readonly memory: AccountMemory;
  /** How it is watched here. */
  facts(): Watching;
  /** Tells what became true; `place` is null while this gateway is alone. */
  tell(change: Change, at: number, place: Place | null): void;
  tellTrouble(next: number | null, place: Place | null): void;
  tellRecovery(place: Place | null): void;
  /** Nobody looks at everything any more: what is known of calls is not true for long. */
  narrowed(place: Place | null): void;
  refused(message: string, permissionName: string | null): void;
  /** What was told before is known: nothing before `from` can be had any more. */
  begin(from: Place): void;
  /** Keeps an event of before for those who come back. */
  remember(tiding: Tiding, place: Place): void;
  /** What all hold is held here, too; as whoever leads watches it. */
  opened(facts: Watching): void;
  /** Of this call others wrote at the same time. */
  doubt(sessionId: string): void;
  onDefect(error: unknown): void;
}

/** Tells one thing that became true. */
export function tellOf(tiding: Tiding, place: Place | null, host: LedgerHost): void {
  switch (tiding.kind) {
    case 'trouble':
      host.tellTrouble(tiding.next, place);
      break;
    case 'recovery':
      host.tellRecovery(place);
      break;
    case 'narrowed':
      host.narrowed(place);
      break;
    case 'refused':
      host.refused(tiding.message, tiding.permissionName);
      break;
    default: {
      const change = changeIn(tiding);
      if (change !== null) host.tell(change, tiding.at, place);
    }
  }
}
