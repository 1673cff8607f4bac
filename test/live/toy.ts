/**
 * A phone system that nobody sells: tin cans on strings. It proves that the live room knows none.
 *
 * Its news are the whole string whenever something happens to one of its cans, without a sequence. A can knows when it was
 * pulled last, and not since when somebody whispers into it.
 */
import { onTestFinished } from 'vitest';
import { CallNotFound, Forbidden } from '../../schema/failures.ts';
import type { SnapshotReason, StreamNoticeKind } from '../../schema/provider.ts';
import { createHub, type HubOptions } from '../../src/live/hub.ts';
import type { CallShape, Kind, Transition } from '../../src/live/shape.ts';
import type { CallSource, Ear, ReadOptions } from '../../src/live/source.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { fakeTime, sleep } from './support.ts';

/** A party. */
export interface Can {
  readonly id: string;
  readonly stringId: string;
  readonly pull: 'loose' | 'tight' | 'cut';
  /** When it was pulled, loosened or cut last. */
  readonly pulledAt: number;
  readonly isWhispering: boolean;
  readonly observedAt: number;
}

/** A call. */
export interface TinString {
  readonly id: string;
  readonly colour: string | null;
  readonly cans: readonly Can[];
  readonly observedAt: number;
}

export type ToyEvent =
  | {
      readonly type: 'start';
      readonly cursor: string;
      readonly reason: SnapshotReason;
      readonly string: TinString;
    }
  | { readonly type: 'change'; readonly cursor: string; readonly can: Can; readonly was: Can['pull'] | null }
  | {
      readonly type: 'notice';
      readonly cursor: string;
      readonly kind: StreamNoticeKind;
      readonly message: string;
    };

export type ToyListEvent =
  | { readonly type: 'list'; readonly strings: readonly TinString[] }
  | { readonly type: 'notice'; readonly kind: StreamNoticeKind };

export interface ToyKind extends Kind {
  readonly Call: TinString;
  readonly Party: Can;
  readonly Status: Can['pull'];
  readonly Place: never;
  readonly Entry: TinString;
  readonly Sight: TinString;
  readonly Event: ToyEvent;
  readonly Update: Can;
  readonly ListEvent: ToyListEvent;
}

const written = (one: object) => JSON.stringify(one, (key, value) => (key === 'observedAt' ? 0 : value));
const same = (one: object, other: object) => written(one) === written(other);
const isCut = ({ pull }: Can) => pull === 'cut';

export const TOY: CallShape<ToyKind> = {
  system: 'toy',
  name: 'The attic',
  holdsReads: false,
  partiesOf: ({ cans }) => cans,
  withParties: (string, cans) => ({ ...string, cans }),
  assembled: (known, told, cans, observedAt) => ({
    ...told,
    colour: told.colour ?? known?.colour ?? null,
    cans,
    observedAt,
  }),
  callIdOf: ({ stringId }) => stringId,
  statusOf: ({ pull }) => pull,
  sameState: same,
  completed: (_, told) => told,
  order(known, told) {
    if (known.pulledAt === told.pulledAt) return 'unsure';
    return known.pulledAt < told.pulledAt ? 'newer' : 'older';
  },
  isOver: isCut,
  isLive: (_, can) => !isCut(can),
  hasLeft: isCut,
  comesBackToLife: (known, told) => isCut(known) && !isCut(told),
  ended: (can) => ({ ...can, pull: 'cut' }),
  movesOthers: () => false,
  movedTo: () => null,
  words: {
    fields: {
      events: 'stringEvents',
      updates: 'canUpdated',
      list: 'strings',
      listEvents: 'stringListEvents',
    },
    snapshot: (cursor, reason, string) => ({ type: 'start', cursor, reason, string }),
    change: (_, { party: can, previousStatus: was }: Transition<ToyKind>, cursor) => ({
      type: 'change',
      cursor,
      can,
      was,
    }),
    notice: (_, cursor, kind, message) => ({ type: 'notice', cursor, kind, message }),
    withCursor: (event, cursor) => ({ ...event, cursor }),
    newsOf: (event) => (event.type === 'change' ? `can ${event.can.id}` : event.type),
    merged: (_, newer) => newer,
    update: (can) => can,
    partyIdOf: ({ id }) => id,
    list: (strings) => ({ type: 'list', strings }),
    listNotice: (kind) => ({ type: 'notice', kind }),
    listNewsOf: ({ type }) => type,
    notFound: () => new CallNotFound('The attic has no such string.', 'stringId'),
    notListening: (reason) => new Forbidden(`The attic does not let anybody listen: ${reason}`),
  },
  list: {
    keyOf: ({ id }) => id,
    keyOfNews: (stringId) => stringId,
    callIdOf: ({ id }) => id,
    sameEntry: same,
    renewed: (_, told) => told,
    sightOf: (string) => string,
    sightOfParty: (can) => ({ id: can.stringId, colour: null, cans: [can], observedAt: can.observedAt }),
    remembered: (_, seen) => (seen.cans.every(isCut) ? seen : null),
    standing(entry, { sight, isCurrent, askedAt }) {
      if (!isCurrent && askedAt >= sight.observedAt + 10_000) return entry;
      return sight.cans.every(isCut) ? null : sight;
    },
    mustAsk: ({ previousStatus }, isListed) => !isListed && previousStatus === null,
  },
};

/** A can of the string `t-1`, tight since one second past. */
export const can = (id: string, more: Partial<Can> = {}): Can => ({
  ...{ id, stringId: 't-1', pull: 'tight', pulledAt: 1_000, isWhispering: false, observedAt: 0 },
  ...more,
});

export const string = (cans: readonly Can[], more: Partial<TinString> = {}): TinString => ({
  ...{ id: 't-1', colour: 'red', cans, observedAt: 0 },
  ...more,
});

/** An attic in which strings hang, and whose news the test brings. */
export function openAttic(options: Partial<HubOptions> = {}, { listens = true } = {}) {
  fakeTime();
  const strings = new Map<string, TinString>();
  const reads: { readonly what: string; readonly at: number; readonly longPoll: boolean }[] = [];
  const ears: Ear<ToyKind>[] = [];
  const read = async <Value>(
    what: string,
    options: ReadOptions & { longPoll?: unknown },
    value: () => Value,
  ) => {
    const sentAt = Date.now();
    reads.push({ what, at: sentAt, longPoll: options.longPoll !== undefined });
    options.onSent?.();
    await sleep(5, options.signal);
    const answer = value();
    await sleep(5, options.signal);
    return { value: answer, sentAt, receivedAt: Date.now(), upstreamDate: null };
  };
  const source: CallSource<ToyKind> = {
    readCall: (id, options) => read(id, options, () => strings.get(id) ?? null),
    readList: (options) => read('list', options, () => [...strings.values()]),
    outlook: ({ colour }) => String(colour),
    ...(listens && {
      listen(ear: Ear<ToyKind>) {
        ears.push(ear);
        queueMicrotask(() => ear.entered('listening', { mayHaveMissed: true, reason: null }));
        return { tellsOf: () => true, stop: () => {} };
      },
    }),
  };
  const hub = createHub(TOY, {
    ...{ metrics: createMetrics(), log: createLog('silent'), longPollTimeout: 30_000 },
    ...options,
  });
  onTestFinished(() => void hub.stop());
  return {
    ...{ hub, source, reads, desk: hub.desk('viewer', source) },
    /** Hangs a string up, or changes it, without a word. */
    hang: (now: TinString) => void strings.set(now.id, now),
    /** Tells of a string, as it is or was. */
    tell(then: TinString) {
      const { id: callId } = then;
      const entry = (now: TinString) => (now.cans.every(isCut) ? null : now);
      ears.at(-1)?.heard({ about: 'call', callId, receivedAt: Date.now(), call: () => then, entry });
    },
  };
}
