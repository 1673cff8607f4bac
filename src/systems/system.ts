/** A phone system that is on, as the roof sees it: whichever it is. */
import type { Commons } from '../commons/commons.ts';
import type { Config } from '../config.ts';
import type { HubOptions } from '../live/hub.ts';
import type { Entrance } from '../server/reception.ts';
import type { SystemSessions } from '../server/visitor.ts';
import type { SystemParts as AccountParts } from '../sign-in/accounts.ts';
import type { Sessions } from '../sign-in/sessions.ts';
import type { Entrance as SignInEntrance } from '../sign-in/sign-in.ts';
import type { SimulatedUser } from '../simulator/front.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';

/** What every phone system is made of. */
export interface SystemOptions {
  readonly config: Config;
  /** Where it is. */
  readonly url: string;
  /** It is played by the simulator inside. */
  readonly isPlayed: boolean;
  /** Names us to it. */
  readonly userAgent: string;
  /** Null: this gateway shares with no other, and has to write nothing down. */
  readonly commons: Commons | null;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly live?: Pick<HubOptions, 'pace' | 'activeCallsPace' | 'limits' | 'duty'> | undefined;
}

/** Why it cannot do its work now; null: it can. */
export type Obstacle = string | null;

/** One phone system, at work. */
export interface System<Provider> {
  /** Whom it lets in by token. `sessions`: what users may know and do of their browser sessions. */
  entrance(sessions: UserSessions | undefined): Entrance<Provider>;
  /** How browsers sign in to it, loaded only where they do; null: they cannot. */
  signIn(): Promise<SystemSignIn<Provider> | null>;
  /** Whom a visitor may be without signing in, where a simulator plays it; it is known once `answered` resolves. */
  demoUsers(): readonly SimulatedUser[];
  /** Resolves at once where it is not played by the simulator inside. */
  readonly answered: Promise<void>;
  /** Costs no request. */
  obstacle(): Promise<Obstacle>;
  /** Every client is sent away by then (epoch milliseconds). */
  drain(by: number): void;
  /** Lets go of everything; what takes longer than `timeIsUp` ends by itself. */
  stop(timeIsUp: Promise<unknown>): Promise<void>;
}

/** What users may know and do of their own browser sessions. */
export interface UserSessions {
  list(viewerId: string): Promise<
    readonly {
      readonly id: string;
      readonly begunAt: number;
      readonly userAgent: string | null;
      readonly lastUsedAt: number;
      readonly expiresAt: number;
    }[]
  >;
  end(viewerId: string, id: string): Promise<boolean>;
}

/** A phone system that browsers sign in to. */
export interface SystemSignIn<Provider> {
  readonly entrance: SignInEntrance;
  readonly account: AccountParts;
  /** Whoever holds a session. */
  sessions(browserSessions: Pick<Sessions, 'known' | 'find'>, own: UserSessions): SystemSessions<Provider>;
  stop?(): void;
}

/** The app of the simulator inside, which takes any. */
export const SIMULATED_APP = 'graphql-gateway';
