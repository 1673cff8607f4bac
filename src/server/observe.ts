/** What operators see of each operation: one count, one line of log, one span. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import type { AccountProvider } from '../../schema/account/provider.ts';
import type { ErrorCode } from '../../schema/failures.ts';
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import type { CallProvider } from '../../schema/provider.ts';
import type { CommandOutcome, CommandReport } from '../../schema/telling.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { type OpenSpan, openOperationSpan } from '../telemetry/tracing.ts';
import { type OperationPlace, onceByOperation } from './by-operation.ts';

/** How an operation ended: `aborted` when its client left before the answer. */
export type OperationResult = 'ok' | 'aborted' | ErrorCode;

/** One operation on its way through the gateway. */
export interface Operation {
  readonly requestId: string;
  /** Runs `work` in the span of the operation. */
  within<Result>(work: () => Result): Result;
  /** Who asks, once known. */
  admitted(viewerId: string): void;
  /** What is asked, once the document is known to be valid. */
  named(name: OperationName): void;
  /** What became of a command that it sent. */
  commanded(result: CommandReport): void;
  /** Has `release` called when it ends, however it ends. */
  afterwards(release: () => void): void;
  /** Counts it, logs it and releases what it held; only the first call does. */
  ended(result: OperationResult): void;
}

/** What metrics and logs call an operation. */
export interface OperationName {
  readonly type: OperationTypeNode | 'unknown';
  /** Its first root field, which the schema knows. */
  readonly field: string;
  /** The name that its client gave it: for the log alone, because there is no end to such names. */
  readonly operationName?: string | undefined;
}

/** Longer names are cut in the log. */
const LONGEST_NAME = 100; // characters

export interface Observer {
  /** An operation came in. */
  begin(requestId: string, headers: IncomingHttpHeaders): Operation;
}

/** Of viewers, remembered because hashing costs more than the rest of a line of log. */
const MOST_DIGESTS = 10_000;

/** Makes the observer of one gateway. */
export function createObserver(metrics: Metrics, log: Log): Observer {
  const digests = new LRUCache<string, string>({
    maxSize: MOST_DIGESTS,
    sizeCalculation: () => 1,
    memoMethod: shortDigest,
  });
  const report: Report = (operation, result) => {
    const { requestId, span, viewerId } = operation;
    const { type, field, operationName } = operation.name;
    const { outcome, error = null, replayed } = operation.command ?? {};
    const ms = performance.now() - operation.begunAt;
    const viewer = viewerId === null ? undefined : digests.memo(viewerId);
    metrics.operations.inc({ type, field, result });
    if (type === 'query' || type === 'mutation') metrics.operationSeconds.observe({ type }, ms / 1_000);
    const facts = {
      requestId,
      type,
      operationName,
      field,
      result,
      outcome,
      reason: error?.code,
      replayed: replayed || undefined,
      ms: Math.round(ms * 10) / 10,
      viewer,
    };
    // Whoever is on the line does not know either: somebody may have to look.
    if (outcome === 'UNKNOWN') log.warn(facts, 'operation');
    else log.info(facts, 'operation');
    span.note({ 'graphql.operation.type': type, 'graphql.field': field });
    span.end(result === 'ok' ? undefined : result);
  };
  return {
    begin: (requestId, headers) =>
      new ObservedOperation(requestId, openOperationSpan(requestId, headers), report),
  };
}

type Report = (operation: ObservedOperation, result: OperationResult) => void;

const NOTHING: readonly (() => void)[] = [];
const BADNESS: Readonly<Record<CommandOutcome, number>> = { APPLIED: 0, NOT_APPLIED: 1, UNKNOWN: 2 };
const UNNAMED: OperationName = { type: 'unknown', field: 'none' };

/** A class, because there is one for each open subscription. */
class ObservedOperation implements Operation {
  readonly requestId: string;
  readonly span: OpenSpan;
  readonly begunAt = performance.now();
  name = UNNAMED;
  viewerId: string | null = null;
  /** Of several commands the one that went worst. */
  command: CommandReport | null = null;
  readonly #report: Report;
  /** Null: it is over. */
  #releases: readonly (() => void)[] | null = NOTHING;

  constructor(requestId: string, span: OpenSpan, report: Report) {
    this.requestId = requestId;
    this.span = span;
    this.#report = report;
  }

  within<Result>(work: () => Result): Result {
    return this.span.within(work);
  }

  admitted(viewerId: string): void {
    this.viewerId = viewerId;
  }

  named(name: OperationName): void {
    this.name = name;
  }

  commanded(result: CommandReport): void {
    const worst = this.command;
    if (worst === null || BADNESS[result.outcome] > BADNESS[worst.outcome]) this.command = result;
  }

  afterwards(release: () => void): void {
    if (this.#releases === null) release();
    else this.#releases = [...this.#releases, release];
  }

  ended(result: OperationResult): void {
    const releases = this.#releases;
    if (releases === null) return;
    this.#releases = null;
    // First, so that nothing that is wrong with the log or a metric can keep a place taken.
    for (const release of releases) release();
    this.#report(this, result);
  }
}

/** Names an operation of a valid document. */
export function nameOperation(place: OperationPlace): OperationName {
  return knownName(place) ?? UNNAMED;
}

const knownName = onceByOperation(
  ({ operation, name, selectionSet }, document): OperationName => ({
    type: operation,
    operationName: name?.value.slice(0, LONGEST_NAME),
    field: firstField(selectionSet, document) ?? 'none',
  }),
);

function firstField({ selections: [first] }: SelectionSetNode, document: DocumentNode): string | undefined {
  switch (first?.kind) {
    case Kind.FIELD:
      return first.name.value;
    case Kind.INLINE_FRAGMENT:
      return firstField(first.selectionSet, document);
    case Kind.FRAGMENT_SPREAD: {
      const isMeant = (definition: { kind: string }): definition is FragmentDefinitionNode =>
        definition.kind === Kind.FRAGMENT_DEFINITION &&
        (definition as FragmentDefinitionNode).name.value === first.name.value;
      const fragment = document.definitions.find(isMeant);
      return fragment && firstField(fragment.selectionSet, document);
    }
    default:
      return undefined;
  }
}

/** Has the operation hear what becomes of its commands. */
export function withOutcomes(provider: CallProvider, operation: Operation): CallProvider {
  const noted = noting(operation);
  let account: AccountProvider | null = null;
  return over(provider, {
    command: async (command, key) => noted(await provider.command(command, key)),
    get account() {
      account ??= withAccountOutcomes(provider.account, noted);
      return account;
    },
  });
}

function withAccountOutcomes(account: AccountProvider, noted: Noted): AccountProvider {
  return over(account, {
    setPresence: async (wish, key) => noted(await account.setPresence(wish, key)),
    setQueueAvailability: async (wish, key) => noted(await account.setQueueAvailability(wish, key)),
  });
}

/** The provider with these instead of its own; what it makes when it is asked for is still made then. */
function over<Provider extends object>(provider: Provider, own: Partial<Provider>): Provider {
  return Object.setPrototypeOf(own, provider);
}

/** The same of Genesys Cloud. */
export function withConversationOutcomes(
  provider: ConversationProvider,
  operation: Operation,
): ConversationProvider {
  const noted = noting(operation);
  return over(provider, {
    command: async (command, key) => noted(await provider.command(command, key)),
  });
}

type Noted = ReturnType<typeof noting>;

function noting(operation: Operation) {
  return function noted<Result extends CommandReport>(result: Result): Result {
    operation.commanded(result);
    return result;
  };
}

/** When the answer of the phone system that showed an event was received, in epoch milliseconds; null: not known. */
export type ReceivedAtOf = (event: unknown) => number | null;

/**
 * Measures how long events take from the phone system's answer to the frame. A stream is pulled for its next event
 * when the frame of the last one was handed to the network, so the moment of the pull is the end of the delay.
 */
export function withPushDelays(
  provider: CallProvider,
  metrics: Metrics,
  receivedAtOf: ReceivedAtOf,
): CallProvider {
  const timed = timing(metrics, receivedAtOf);
  return over(provider, {
    callEvents: (sessionId, after) => timed(provider.callEvents(sessionId, after)),
    callPartyUpdates: (sessionId, partyId) => timed(provider.callPartyUpdates(sessionId, partyId)),
    activeCallUpdates: () => timed(provider.activeCallUpdates()),
    activeCallEvents: () => timed(provider.activeCallEvents()),
  });
}

/** The same of Genesys Cloud. */
export function withConversationDelays(
  provider: ConversationProvider,
  metrics: Metrics,
  receivedAtOf: ReceivedAtOf,
): ConversationProvider {
  const timed = timing(metrics, receivedAtOf);
  return over(provider, {
    conversationEvents: (id, after) => timed(provider.conversationEvents(id, after)),
    participantUpdates: (id, participantId) => timed(provider.participantUpdates(id, participantId)),
    conversationUpdates: () => timed(provider.conversationUpdates()),
    conversationListEvents: () => timed(provider.conversationListEvents()),
  });
}

/** Not an async generator: its return() would wait behind a next() that waits for an event. */
function timing(metrics: Metrics, receivedAtOf: ReceivedAtOf) {
  return function timed<Event extends object>(
    source: AsyncIterableIterator<Event>,
  ): AsyncIterableIterator<Event> {
    let receivedAt: number | null = null;
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      async next() {
        if (receivedAt !== null) noteDelay(metrics, receivedAt);
        receivedAt = null;
        const step = await source.next();
        if (!step.done) receivedAt = receivedAtOf(step.value);
        return step;
      },
      async return(value) {
        return (await source.return?.(value)) ?? { done: true, value };
      },
    };
  };
}

/** Notes that the frame of an event, known since `receivedAt`, was handed to the network now. */
export function noteDelay(metrics: Metrics, receivedAt: number): void {
  metrics.pushSeconds.observe(Math.max(0, Date.now() - receivedAt) / 1_000);
}

/** Enough to tell viewers apart in a log, too little to find out who they are. */
function shortDigest(viewerId: string): string {
  return createHash('sha256').update(viewerId).digest('hex').slice(0, 8);
}
