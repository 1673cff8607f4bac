/**
 * Whoever stays while their token changes: one place in the pool of their tokens, which is handed from each token to
 * the next.
 *
 * ```text
 *   shown ──► kept back, while the next is on its way ──► the next is shown, and this one is let go of
 *     │                      ▲                       └──► shown again: it could not be had now
 *     └── it was taken no more
 * ```
 */
import type { TokenHolder, TokenPool } from './token-pool.ts';

/** Where the tokens of one sign-in come from. */
export interface TokenSource {
  /** The newest one. */
  token(): string;
  /** Another one is on its way; null: none is. It never rejects. */
  coming(): Promise<unknown> | null;
  /** Calls `hear` when there is another token, or one is on its way. */
  onChange(hear: () => void): void;
  /** It is not taken (any more). Answers whether there is another one. */
  refused(token: string): Promise<boolean>;
  /** Aborts when there are no tokens any more. */
  readonly ended: AbortSignal;
}

/** Takes a place in the pool; it is given back when the source ends. Its `expired` aborts then, and not before. */
export function createRenewedHolder(pool: () => TokenPool, source: TokenSource): TokenHolder {
  let token = source.token();
  let holder = take();
  let streams = 0;
  let close = () => {};
  source.onChange(look);
  source.ended.addEventListener('abort', release, { once: true });
  if (source.ended.aborted) release();
  else look();

  return {
    bucket: holder.bucket,
    expired: source.ended,
    async accessToken() {
      for (;;) {
        const shown = holder;
        // Another one may have come while it waited.
        const given = await shown.accessToken().catch((error: unknown) => {
          if (shown === holder) throw error;
        });
        if (given !== undefined && shown === holder) return given;
      }
    },
    async refused(refusedToken, errorCode, askedAt) {
      await source.coming();
      if (refusedToken !== token) return true;
      return (await holder.refused(refusedToken, errorCode, askedAt)) || source.refused(refusedToken);
    },
    used: () => holder.used(),
    open() {
      if (streams === 0) close = holder.open();
      streams += 1;
      let isOpen = true;
      return () => {
        if (!isOpen) return;
        isOpen = false;
        streams -= 1;
        if (streams === 0) close();
      };
    },
    renewing: (coming) => holder.renewing(coming),
    release,
  };

  function take(): TokenHolder {
    const taken = pool().add(token);
    const shown = token;
    const refused = () => {
      if (shown === token && !source.ended.aborted) taken.renewing(source.refused(shown));
    };
    if (taken.expired.aborted) queueMicrotask(refused);
    else taken.expired.addEventListener('abort', refused, { once: true });
    return taken;
  }

  function look(): void {
    if (source.ended.aborted) return;
    if (source.token() !== token) {
      token = source.token();
      const before = holder;
      const closeBefore = close;
      holder = take();
      if (streams > 0) close = holder.open();
      // After the next was taken, so that the pool never runs empty.
      if (streams > 0) closeBefore();
      before.release();
    }
    const coming = source.coming();
    if (coming !== null) holder.renewing(coming);
  }

  function release(): void {
    if (streams > 0) close();
    streams = 0;
    holder.release();
  }
}
