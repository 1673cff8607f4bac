/** The hub: the desks of all viewers, and what their watches learn of the upstream together. */
import type { StreamNoticeKind } from '../../schema/provider.ts';
import { createSecrets } from '../commons/secret.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { BesideParts, PutBeside } from './beside.ts';
import { createDesk, type Desk } from './desk.ts';
import { createListRules } from './list-events.ts';
import { DEFAULT_PACE, type PollPace } from './polling.ts';
import { createReaderRules } from './readers.ts';
import { createCursorSigner } from './replay.ts';
import type { CallShape, Kind } from './shape.ts';
import { createDeskSharing, type SharedDeskParts } from './shared/desk-sharing.ts';
import type { CallSource } from './source.ts';
import { createHabits } from './upstream-habits.ts';
import type { LiveLimits } from './watched-call.ts';

/** What the hub needs; the numbers are for tests. */
export interface HubOptions {
  readonly metrics: Metrics;
  readonly log: Log;
  /** Milliseconds that the phone system may hold a poll. */
  readonly longPollTimeout: number;
  readonly pace?: PollPace;
  /** Milliseconds between two reads of a viewer's list of calls. */
  readonly activeCallsPace?: number;
  readonly limits?: Partial<LiveLimits>;
  /** Streams that cannot be told by news fail with `FORBIDDEN`, instead of being polled. */
  readonly pushOnly?: boolean;
  /** What several gateways share; missing: this is the only one. */
  readonly shared?: Pick<SharedDeskParts<Kind>, 'commons' | 'scope'> | undefined;
  readonly duty?: SharedDeskParts<Kind>['times'];
}

/** Everything that is watched, for everybody. */
export interface Hub<K extends Kind> {
  /** The desk of a viewer; everybody with the same id has the same one, and asks by the newest source. */
  desk(viewerId: string, source: CallSource<K>): Desk<K>;
  /** Tells every reader of the events of one viewer, or of all. */
  notify(kind: StreamNoticeKind, message: string, at: number, viewerId?: string): void;
  /** How many desks hold a watch, a stream or events to come back for. */
  counts(): { readonly desks: number };
  /** This gateway is going: others shall watch, as soon as any wants to. */
  drain(): void;
  /** Ends every stream and every watch; resolves when other gateways can go on. */
  stop(): Promise<void>;
}

/** How long calls stay watched, and how much of them is kept. */
export const DEFAULT_LIMITS: LiveLimits = {
  linger: 5_000, // 5 seconds
  retention: 65_000, // the promised minute, and a reconnect
  queryLinger: 12_000, // 12 seconds
  queueLimit: 64,
  replayLimit: 1_000,
};

const ACTIVE_CALLS_PACE = 6_000; // 6 seconds: 10 of the minute's 50 requests

/**
 * Makes it; one for each phone system.
 *
 * Two hubs may share one commons: whatever a desk keeps there is named after the phone system too (`shared/desk-sharing.ts`),
 * and so are the cursors that it signs. So a viewer or a call of one system is never taken for one of the other, even where
 * both call them the same.
 */
export function createHub<K extends Kind>(
  shape: CallShape<K>,
  options: HubOptions,
  /** Puts something beside the calls of each desk; missing: there is nothing. */
  prepareBeside?: (parts: BesideParts) => PutBeside<K>,
): Hub<K> {
  const { metrics, log, longPollTimeout, pace = DEFAULT_PACE, activeCallsPace = ACTIVE_CALLS_PACE } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  // It is to stay 0, which only what is there can show.
  metrics.untoldChanges.inc({ system: shape.system }, 0);
  const { shared } = options;
  const secrets = shared && createSecrets(shared.commons, 'cursors');
  const cursors = createCursorSigner(secrets && (() => secrets.current()), shape.system);
  const habits = createHabits(shape.holdsReads);
  const readerRules = createReaderRules(shape, limits, metrics);
  const listRules = createListRules(shape);
  const share =
    shared &&
    createDeskSharing({
      ...shared,
      shape,
      log,
      metrics,
      replayLimits: readerRules.replay,
      times: options.duty,
    });
  const put = prepareBeside?.({ cursors, limits });
  /** Every desk that somebody has; one that nobody has is collected. */
  const desks = new Map<string, WeakRef<Seat<K>>>();
  const left = new FinalizationRegistry<string>((viewerId) => {
    if (desks.get(viewerId)?.deref() === undefined) desks.delete(viewerId);
  });
  /** The desks that hold anything. */
  const active = new Map<string, Seat<K>>();

  return {
    desk(viewerId, source) {
      const known = desks.get(viewerId)?.deref();
      if (known !== undefined) {
        // The newest source has the newest tokens.
        known.source = source;
        known.desk.newToken();
        return known.desk;
      }
      const desk = createDesk<K>({
        viewerId,
        shape,
        source: () => seat.source,
        habits,
        cursors,
        pace,
        longPollTimeout,
        activeCallsPace,
        pushOnly: options.pushOnly ?? false,
        limits,
        readerRules,
        listRules,
        share,
        put,
        metrics,
        log,
        onActive(isActive) {
          if (isActive) active.set(viewerId, seat);
          else active.delete(viewerId);
        },
      });
      const seat: Seat<K> = { desk, source };
      desks.set(viewerId, new WeakRef(seat));
      left.register(seat, viewerId);
      return desk;
    },
    notify(kind, message, at, viewerId) {
      for (const [id, { desk }] of active) {
        if (viewerId === undefined || viewerId === id) desk.notify(kind, message, at);
      }
    },
    counts: () => ({ desks: active.size }),
    drain() {
      for (const { desk } of active.values()) desk.drain();
    },
    async stop() {
      await Promise.all([...active.values()].map(({ desk }) => desk.stop()));
    },
  };
}

/** A desk, and whoever asks the phone system for it now. */
interface Seat<K extends Kind> {
  readonly desk: Desk<K>;
  source: CallSource<K>;
}
