/** Calls that somebody looked at, and nobody watches: each is remembered for a moment, and how often it was asked for. */

export interface Glimpses<Call> {
  get(callId: string): Call | undefined;
  add(callId: string, call: Call): void;
  /** A query asks for it; answers how often queries have by now, 0 where it is not remembered. */
  asked(callId: string): number;
  delete(callId: string): void;
  stop(): void;
}

/** A call that nobody watches. */
interface Glimpse<Call> {
  readonly call: Call;
  questions: number;
  /** When it is forgotten, epoch milliseconds. */
  readonly until: number;
}

/** How long a call is remembered. */
const WINDOW = 10_000; // 10 seconds
const MOST_GLIMPSES = 500;

/** Makes it; nothing was looked at yet. */
export function createGlimpses<Call>(): Glimpses<Call> {
  /** Oldest first. */
  const glimpses = new Map<string, Glimpse<Call>>();
  let forgetting: NodeJS.Timeout | null = null;
  return {
    get: (callId) => young(callId)?.call,
    add(callId, call) {
      glimpses.delete(callId);
      forget();
      glimpses.set(callId, { call, questions: 0, until: Date.now() + WINDOW });
      forgetting ??= setTimeout(forgetLater, WINDOW).unref();
    },
    asked(callId) {
      const glimpse = young(callId);
      if (glimpse === undefined) return 0;
      glimpse.questions += 1;
      return glimpse.questions;
    },
    delete: (callId) => void glimpses.delete(callId),
    stop() {
      if (forgetting !== null) clearTimeout(forgetting);
      forgetting = null;
    },
  };

  function young(callId: string): Glimpse<Call> | undefined {
    const glimpse = glimpses.get(callId);
    return glimpse !== undefined && glimpse.until > Date.now() ? glimpse : undefined;
  }

  function forget(): void {
    const now = Date.now();
    for (const [id, { until }] of glimpses) {
      if (until > now && glimpses.size < MOST_GLIMPSES) break;
      glimpses.delete(id);
    }
  }

  /** Also when nobody asks any more: a viewer who has gone must not leave calls behind. */
  function forgetLater(): void {
    forget();
    forgetting = glimpses.size === 0 ? null : setTimeout(forgetLater, WINDOW).unref();
  }
}
