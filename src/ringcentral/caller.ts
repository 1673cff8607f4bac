/** Whoever a request to RingCentral is made for, and how urgent it is. */

/**
 * Commands first, then queries, then polls: the order in which a nearly empty rate budget is spent.
 * Called lanes because each has its own queue and none can block the one before it.
 */
export const LANES = ['command', 'query', 'poll'] as const;
export type Lane = (typeof LANES)[number];

/** A RingCentral user with a way to prove it. */
export interface Caller {
  /** Names the rate bucket: RingCentral counts per user and app, however many tokens the user has. */
  readonly bucket: string;
  /**
   * A token that is worth showing now.
   * @throws {Unauthenticated} when there is none (any more).
   */
  accessToken(signal?: AbortSignal): Promise<string>;
  /**
   * RingCentral refused this token with 401. Answers whether another one is there, so that the request
   * is worth sending again: a 401 has certainly done nothing.
   * @throws what to tell instead of the 401, where whoever asked cannot mend it with a token of their own.
   */
  refused(token: string, errorCode: string | undefined): Promise<boolean>;
}
