/** The accounts that are looked at: one beside the desk of each viewer. */
import type { Beside, PutBeside } from '../live/beside.ts';
import { type AccountDesk, type AccountDeskParts, createAccountDesk } from './desk.ts';

export interface Accounts {
  /** Puts an account beside a desk. */
  readonly put: PutBeside;
  /** The account that stands there; null: none does. */
  at(beside: Beside | null): AccountDesk | null;
}

/** Makes it; one for the whole gateway. */
export function createAccounts(parts: AccountDeskParts): Accounts {
  const desks = new WeakMap<Beside, AccountDesk>();
  return {
    put(desk) {
      const account = createAccountDesk(parts, desk);
      desks.set(account, account);
      return account;
    },
    at: (beside) => (beside === null ? null : (desks.get(beside) ?? null)),
  };
}
