/** The accounts that are looked at: one beside the desk of each viewer, made when somebody first looks. */

import type { WaitingCall } from '../../schema/account/model.ts';
import type { StreamNoticeKind } from '../../schema/telling.ts';
import type { Beside, BesideParts, BesideTurn, PutBeside } from '../live/beside.ts';
import { type AccountDesk, type AccountDeskParts, createAccountDesk } from './desk.ts';
import type { CompanyKind } from './kind.ts';
import type { AccountListener } from './source.ts';

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
        const account = new LateDesk(() =>
          createAccountDesk(
            {
              ...{ ...parts, pace },
              limits: { linger, retention, queueLimit, replay },
              cursors: (viewerId) => cursors.scope(viewerId, 'the account'),
            },
            desk,
          ),
        );
        desks.set(account, account);
        return account;
      };
    },
    at: (beside) => (beside === null ? null : (desks.get(beside) ?? null)),
  };
}

/** The account of somebody who may never look at it: hardly anybody does, and it takes more than all else of a viewer who only comes. */
class LateDesk implements AccountDesk {
  readonly #make: () => AccountDesk;
  /** Null: nobody has looked yet, and nothing is known. */
  #made: AccountDesk | null = null;

  constructor(make: () => AccountDesk) {
    this.#make = make;
  }

  get #desk(): AccountDesk {
    this.#made ??= this.#make();
    return this.#made;
  }

  isWanted(): boolean {
    return this.#made?.isWanted() ?? false;
  }

  turned(turn: BesideTurn): void {
    this.#made?.turned(turn);
  }

  /** What is listened for, it has to say from the beginning. */
  begin(widen: Parameters<AccountListener['begin']>[0]) {
    return this.#desk.begin(widen);
  }

  callEvents(after: string | null, dropped?: (() => boolean) | undefined) {
    return this.#desk.callEvents(after, dropped);
  }

  look() {
    return this.#desk.look();
  }

  presenceUpdates(extensionIds: readonly string[]) {
    return this.#desk.presenceUpdates(extensionIds);
  }

  liveSource() {
    return this.#made?.liveSource() ?? null;
  }

  current() {
    return this.#made?.current() ?? null;
  }

  noteWaits(waits: readonly WaitingCall[]): void {
    this.#desk.noteWaits(waits);
  }

  notify(kind: StreamNoticeKind, message: string, at: number): void {
    this.#made?.notify(kind, message, at);
  }

  roleChanged(): void {
    this.#made?.roleChanged();
  }

  wishedElsewhere(whats: readonly string[], isAsked: boolean): void {
    if (whats.length > 0) this.#desk.wishedElsewhere(whats, isAsked);
    else this.#made?.wishedElsewhere(whats, isAsked);
  }

  async settled(): Promise<void> {
    await this.#made?.settled();
  }

  beat(): void {
    this.#made?.beat();
  }

  stop(): void {
    this.#made?.stop();
  }
}
