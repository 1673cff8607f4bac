/**
 * Reading the account of a viewer: from what is watched where somebody watches it, else from RingCentral, in large pages
 * and in bulk.
 *
 * ```text
 *   names, queues, members ─► remembered a short while ─► list ──refused──► the company's directory
 *   what somebody does     ─► watched? ─► thirty in a request, or everybody in pages where that costs less
 *   who waits in a queue   ─► watched? ─► which of its members ring ─► their calls ─► `account/waiting.ts`
 * ```
 */
import type {
  AccountCall,
  AccountCallPart,
  CallQueue,
  CallQueueMember,
  Extension,
  Presence,
} from '../../../schema/account/model.ts';
import type { AccountProvider, ReadPresences } from '../../../schema/account/provider.ts';
import { CallControlFailure, Forbidden } from '../../../schema/failures.ts';
import { type ActiveCall, type CallSession, isOver } from '../../../schema/model.ts';
import { settled } from '../../../schema/settled.ts';
import type { AccountPicture, WatchedAccount } from '../../account/picture.ts';
import { waitingCalls } from '../../account/waiting.ts';
import type { Desk } from '../../live/desk.ts';
import type { Caller } from '../../upstream/caller.ts';
import type { CallReadOptions } from '../call-control.ts';
import type { RingCentralKind } from '../call-kind.ts';
import type { PresenceRead } from './bulk.ts';
import { byNumber, chosen, hasCalls, inBulk, isCheaperWhole, isExtensionId } from './choosing.ts';
import type { AccountClient } from './client.ts';
import type { AccountLists, ReadList } from './lists.ts';

export interface AccountReadsParts {
  readonly client: AccountClient;
  readonly lists: AccountLists;
}

/** Who reads. */
export interface AccountReader {
  readonly viewerId: string;
  readonly caller: Caller;
  readonly desk: Pick<Desk<RingCentralKind>, 'readCall'>;
  /** Null where nobody could watch an account. */
  readonly watched: Pick<WatchedAccount, 'current' | 'noteWaits'> | null;
  /** Has it watched for a while. */
  readonly look: () => void;
  readonly signal?: AbortSignal | undefined;
  readonly requestId: string;
}

export type AccountReads = Pick<
  AccountProvider,
  | 'extensions'
  | 'extensionsById'
  | 'presences'
  | 'callQueues'
  | 'callQueuesById'
  | 'callQueueMembers'
  | 'waitingCalls'
  | 'activeCalls'
>;

/** Makes the reads of one operation. */
export function createAccountReads(
  { client, lists }: AccountReadsParts,
  reader: AccountReader,
): AccountReads {
  const { caller, desk, watched } = reader;

  return {
    extensions: async (filter) => chosen(await allExtensions(), filter),
    async extensionsById(ids) {
      const known = byId(await allExtensions());
      return ids.map((id) => known.get(id) ?? null);
    },
    presences,
    callQueues,
    async callQueuesById(ids) {
      const known = byId(await callQueues());
      return ids.map((id) => known.get(id) ?? null);
    },
    callQueueMembers,

    async waitingCalls(queueIds, read) {
      const others = await callQueues().catch(none);
      const known = new Set([...queueIds, ...others.map(({ id }) => id)]);
      const isQueue = (id: string) => known.has(id);
      reader.look();
      const picture = watched?.current() ?? null;
      if (picture !== null) {
        // What rings may be known by a presence before its call is.
        const unread = ringingIds([...picture.presences.values()]).filter((id) => !picture.calls.has(id));
        const sessions = [...picture.calls.values(), ...(await readCalls(unread))];
        const all = waitingCalls(sessions, isQueue, picture.waits);
        watched?.noteWaits(all);
        return queueIds.map((id) => all.filter(({ queueId }) => queueId === id));
      }
      return settled(
        queueIds.map(async (id) => {
          const all = waitingCalls(await sessionsRinging(id, read), isQueue);
          return all.filter(({ queueId }) => queueId === id);
        }),
      );
    },

    async activeCalls(read) {
      reader.look();
      const picture = watched?.current() ?? null;
      if (picture !== null) return callsIn(picture);
      const extensions = (await allExtensions()).filter(hasCalls);
      const all = await read(extensions.map(({ id }) => id));
      return callsOf(seen(all), () => null);
    },
  };

  function options(): CallReadOptions {
    return { lane: 'query', signal: reader.signal, requestId: reader.requestId };
  }

  /** A list that is remembered. */
  function list<Entry>(name: string, read: (options: CallReadOptions) => Promise<readonly Entry[]>) {
    const asked: ReadList<Entry> = (signal, requestId) => read({ lane: 'query', signal, requestId });
    return lists.of(name, reader, asked);
  }

  function allExtensions(): Promise<readonly Extension[]> {
    return list('extensions', async (asked) => byNumber(await client.listExtensions(caller, asked)));
  }

  async function callQueues(): Promise<readonly CallQueue[]> {
    try {
      return await list('call queues', async (asked) => byNumber(await client.listCallQueues(caller, asked)));
    } catch (error) {
      if (!(error instanceof Forbidden)) throw error;
      // Everybody may look into the directory, where queues are extensions like others.
      return (await allExtensions()).filter(({ type }) => type === 'DEPARTMENT');
    }
  }

  async function callQueueMembers(queueId: string): Promise<readonly CallQueueMember[]> {
    const [listed, atWork] = await Promise.allSettled([
      list(`members of ${queueId}`, (asked) => client.listCallQueueMembers(caller, queueId, asked)),
      client.readCallQueuePresence(caller, queueId, options()),
    ]);
    if (listed.status === 'fulfilled' && atWork.status === 'fulfilled') {
      const known = new Map(atWork.value.map((member) => [member.extensionId, member]));
      const others = listed.value.filter(({ extensionId }) => !known.has(extensionId));
      return [...known.values(), ...others];
    }
    // Who may see only one of them sees that.
    if (listed.status === 'fulfilled' && isRefusal(atWork)) return listed.value;
    if (atWork.status === 'fulfilled' && isRefusal(listed)) return atWork.value;
    throw (listed.status === 'rejected' ? listed : (atWork as PromiseRejectedResult)).reason;
  }

  async function presences(ids: readonly string[]): Promise<readonly PresenceRead[]> {
    const answers = new Map<string, PresenceRead>();
    const picture = watched?.current() ?? null;
    const unknown = [...new Set(ids)].filter((id) => {
      const known = picture?.presences.get(id) ?? (isExtensionId(id) ? undefined : null);
      if (known !== undefined) answers.set(id, known);
      return known === undefined;
    });
    if (!(await readWhole(unknown, answers))) {
      await Promise.all(inBulk(unknown).map((chunk) => readBulk(chunk, answers)));
    }
    return ids.map((id) => answers.get(id) ?? null);
  }

  /** Reads everybody where that costs less; false where it does not, or is not for this viewer. */
  async function readWhole(ids: readonly string[], answers: Map<string, PresenceRead>): Promise<boolean> {
    if (!isCheaperWhole(ids.length, ids.length)) return false;
    const { length } = await allExtensions();
    if (!isCheaperWhole(ids.length, length)) return false;
    try {
      for (let page = 1, hasNext = true; hasNext && page <= MOST_PAGES; page += 1) {
        const { value } = await client.readAccountPresence(caller, page, options());
        for (const presence of value.presences) answers.set(presence.extensionId, presence);
        ({ hasNext } = value);
      }
      return true;
    } catch (error) {
      if (error instanceof Forbidden) return false;
      throw error;
    }
  }

  /** A request that fails costs those whom it was for. */
  async function readBulk(ids: readonly string[], answers: Map<string, PresenceRead>): Promise<void> {
    try {
      const { value } = await client.readPresences(caller, ids, options());
      ids.forEach((id, place) => {
        answers.set(id, value[place] ?? null);
      });
    } catch (error) {
      if (!(error instanceof CallControlFailure)) throw error;
      for (const id of ids) answers.set(id, error);
    }
  }

  /** The calls of a queue that ring somebody now: without a watch nothing tells of any other that waits. */
  async function sessionsRinging(queueId: string, read: ReadPresences): Promise<CallSession[]> {
    const members = await list(`members of ${queueId}`, (asked) =>
      client.listCallQueueMembers(caller, queueId, asked),
    ).catch(() => callQueueMembers(queueId));
    return readCalls(ringingIds(seen(await read(members.map(({ extensionId }) => extensionId)))));
  }

  async function readCalls(ids: readonly string[]): Promise<CallSession[]> {
    const sessions = await Promise.all(ids.map((id) => desk.readCall(id, reader.signal, reader.requestId)));
    return sessions.filter((session) => session !== null);
  }
}

const MOST_PAGES = 10;

/** The calls that ring somebody of whom it may be that a queue does. */
function ringingIds(presences: readonly Presence[]): readonly string[] {
  const ringing = presences
    .flatMap(({ activeCalls }) => activeCalls)
    .filter(({ telephonyStatus, queueCall }) => telephonyStatus === 'RINGING' && queueCall !== false);
  return [...new Set(ringing.map(({ sessionId }) => sessionId))];
}

function byId<Entry extends { readonly id: string }>(entries: readonly Entry[]): ReadonlyMap<string, Entry> {
  return new Map(entries.map((entry) => [entry.id, entry]));
}

function none(): [] {
  return [];
}

function isRefusal(result: PromiseSettledResult<unknown>): boolean {
  return result.status === 'rejected' && result.reason instanceof Forbidden;
}

/**
 * Those that are known.
 * @throws {CallControlFailure} where one could not be read: a list that lacks somebody would not be true.
 */
function seen(reads: readonly (Presence | Error | null)[]): readonly Presence[] {
  return reads.flatMap((read) => {
    if (read instanceof Error) throw read;
    return read ?? [];
  });
}

function callsIn({ calls, presences }: AccountPicture): readonly AccountCall[] {
  const known = callsOf([...presences.values()], (id) => calls.get(id) ?? null);
  const told = new Set(known.map(({ sessionId }) => sessionId));
  const others = [...calls.values()].filter(
    ({ id, parties }) => !told.has(id) && parties.some(({ status }) => !isOver(status)),
  );
  return inOrder([...known, ...others.map((session) => callOf(session.id, [], session))]);
}

/** The calls that these extensions are in, each once, with the part of everybody. */
function callsOf(
  presences: readonly Presence[],
  sessionOf: (id: string) => CallSession | null,
): readonly AccountCall[] {
  const parts = new Map<string, AccountCallPart[]>();
  for (const { extensionId, activeCalls } of presences) {
    for (const call of activeCalls) {
      const known = parts.get(call.sessionId) ?? [];
      parts.set(call.sessionId, [...known, { extensionId, call }]);
    }
  }
  return inOrder([...parts].map(([id, ofCall]) => callOf(id, ofCall, sessionOf(id))));
}

function callOf(
  sessionId: string,
  parts: readonly AccountCallPart[],
  session: CallSession | null,
): AccountCall {
  const starts = parts.flatMap(({ call }) => call.startTime ?? []);
  const seenAt = parts.map(({ call }: { readonly call: ActiveCall }) => call.observedAt);
  return {
    sessionId,
    session,
    parts,
    startTime: session?.creationTime ?? (starts.length === 0 ? null : Math.min(...starts)),
    observedAt: Math.max(session?.observedAt ?? 0, ...seenAt),
  };
}

/** The oldest first; of those that began together the order never changes. */
function inOrder(calls: readonly AccountCall[]): readonly AccountCall[] {
  return [...calls].sort(
    (one, other) =>
      (one.startTime ?? 0) - (other.startTime ?? 0) || (one.sessionId < other.sessionId ? -1 : 1),
  );
}
