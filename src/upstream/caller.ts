/** Whoever a request to a phone system is made for, and how urgent it is. */

/**
 * Commands first, then queries, then polls: the order in which a nearly empty rate budget is spent.
 * Called lanes because each has its own queue and none can block the one before it.
 */
export const LANES = ['command', 'query', 'poll'] as const;
export type Lane = (typeof LANES)[number];

/** A user of a phone system with a way to prove it. */
export interface Caller {
  /** Names the rate bucket: it counts per user and app, however many tokens the user has. */
  readonly bucket: string;
  /** Who of several that act as this user; each has a share of the bucket. */
  readonly share?: string;
  /**
   * A token that is worth showing now, for something that needs this permission.
   * @throws {Unauthenticated} when there is none (any more).
   */
  accessToken(signal?: AbortSignal, permission?: string | null): Promise<string>;
  /**
   * The system refused this token with 401, for a request that was given it at `askedAt` (by `performance.now()`).
   * Answers whether the request is worth sending again, with another token or once more with the same: a 401 has
   * certainly done nothing.
   * @throws what to tell instead of the 401, where whoever asked cannot mend it with a token of their own.
   */
  refused(token: string, errorCode: string | undefined, askedAt: number): Promise<boolean>;
  /**
   * Has the token renewed where that is due, although nobody needs it now. Missing where whoever has shown the token
   * renews it.
   */
  renew?(signal?: AbortSignal): Promise<unknown>;
  /** The app of this token has no such permission. Answers whether a token of another app is there. */
  lacks?(token: string, permission: string): boolean;
}
