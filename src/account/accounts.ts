/** The accounts that are looked at: one beside the desk of each viewer. */
import type { Beside, BesideParts, PutBeside } from '../live/beside.ts';
import { type AccountDesk, type AccountDeskParts, createAccountDesk } from './desk.ts';
import type { CompanyKind } from './kind.ts';

export interface Accounts {
  /** Puts an account beside a desk. */
  readonly put: (parts: BesideParts) => PutBeside<CompanyKind>;
  /** The account that stands there; null: none does. */
  at(beside: Beside | null): AccountDesk | null;
}

/** What is the same for all of them; the number is for tests. */
export interface AccountsParts extends Pick<AccountDeskParts, 'shape' | 'metrics' | 'log' | 'pushOnly'> {
  readonly pace?: number | undefined;
}

const PACE = 6_000; // 6 seconds: ten of the minute's fifty requests at most

/** Events kept for resuming: a minute of three hundred calls that change every ten seconds, and what extensions do beside. */
const MOST_KEPT = 6_000;

/** Makes it; one for the whole gateway. */
export function createAccounts({ pace = PACE, ...parts }: AccountsParts): Accounts {
  const desks = new WeakMap<Beside, AccountDesk>();
  return {
    put({ cursors, limits }) {
      const { linger, retention, queueLimit } = limits;
      const replay = { lifetime: retention, most: MOST_KEPT };
      return (desk) => {
        const account = createAccountDesk(
          {
            ...{ ...parts, pace },
            limits: { linger, retention, queueLimit, replay },
            cursors: (viewerId) => cursors.scope(viewerId, 'the account'),
          },
          desk,
        );
        desks.set(account, account);
        return account;
      };
    },
    at: (beside) => (beside === null ? null : (desks.get(beside) ?? null)),
  };
}
