/**
 * Who a caller is at Genesys Cloud, beside being somebody at RingCentral. Nobody waits at the door for that: it is found
 * out when something is asked of Genesys Cloud, and whatever keeps it from being known is an error of that alone.
 */
import { absentConversations } from '../../schema/absent.ts';
import { CallControlFailure, SignInRequired, Unauthenticated } from '../../schema/failures.ts';
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import { digest } from '../tokens.ts';
import { SecondStream } from './second-stream.ts';
import type { Knock, SystemGatekeeper, SystemSessions, SystemVisitor, Visit } from './visitor.ts';

type GenesysVisitor = SystemVisitor<ConversationProvider>;

/** How somebody comes to be known. */
interface Way {
  /** Where nobody has to be asked; null: somebody has to be. @throws why it is nobody. */
  known(): GenesysVisitor | null;
  /** @throws why it is nobody, or nobody knows. */
  find(signal: AbortSignal | undefined): Promise<GenesysVisitor>;
  /** Stands for whoever it is, as long as nobody knows; of two who may be told different things it differs. */
  readonly alias: () => string;
}

/** One caller, for as long as they are connected. */
export interface SecondIdentity {
  /** Names whoever is told the same of Genesys Cloud. */
  name(): string;
  provider(visit: Visit): ConversationProvider;
  /** As of a visitor; undefined also while nobody knows who it is. */
  currentCall(conversationId: string): object | undefined;
}

/** By a token, or as whoever is nobody in particular where Genesys Cloud is played. */
export function secondByToken(
  gatekeeper: SystemGatekeeper<ConversationProvider>,
  authorization: string | null,
  address: string,
): SecondIdentity {
  return createSecondIdentity({
    known: () => gatekeeper.known(authorization),
    find: (signal) => gatekeeper.admit(authorization, knockOf(address, signal)),
    alias: () => (authorization === null ? 'nobody' : `token ${digest(authorization)}`),
  });
}

/** By a cookie; whoever is not signed in to Genesys Cloud is who `instead` says, where anybody is. */
export function secondByCookie(
  sessions: SystemSessions<ConversationProvider>,
  cookie: string,
  instead: (() => Promise<GenesysVisitor>) | null,
): SecondIdentity {
  return createSecondIdentity({
    known: () => sessions.known(cookie) ?? null,
    async find() {
      const session = await sessions.find(cookie);
      if (session !== null) return session;
      if (instead !== null) return instead();
      throw new SignInRequired('Sign in to Genesys Cloud at /auth/sign-in?with=genesys.');
    },
    alias: () => `cookie ${digest(cookie)}`,
  });
}

/** Nobody: no token was shown. */
export const NO_SECOND_IDENTITY: SecondIdentity = {
  name: () => '',
  provider: () => NOBODY,
  currentCall: () => undefined,
};

const NOBODY = absentConversations(() =>
  ofGenesys(
    new Unauthenticated(
      'Show a token of Genesys Cloud: "X-Genesys-Authorization: Bearer <token>", or on a WebSocket ' +
        'connectionParams.genesysAuthorization.',
    ),
  ),
);

const EXPIRED = 'Genesys Cloud does not take this token any more; connect with a fresh one.';

function createSecondIdentity(way: Way): SecondIdentity {
  /** Who it was found to be: a stream may outlast what is remembered of tokens. */
  let found: GenesysVisitor | null = null;

  return {
    name() {
      try {
        return now()?.viewerId ?? way.alias();
      } catch {
        return way.alias();
      }
    },
    provider(visit) {
      try {
        now();
      } catch (error) {
        return absentConversations(() => refusalOf(error));
      }
      return createProvider(visit);
    },
    currentCall(conversationId) {
      try {
        return now()?.currentCall?.(conversationId);
      } catch {
        return undefined;
      }
    },
  };

  /** @throws why it is nobody. */
  function now(): GenesysVisitor | null {
    if (found?.expired.aborted) found = null;
    found ??= way.known();
    return found;
  }

  async function visitorOf(visit: Visit): Promise<GenesysVisitor> {
    found = now() ?? (await way.find(visit.signal));
    return found;
  }

  function createProvider(visit: Visit): ConversationProvider {
    /** One for the operation: it remembers what it has read. */
    let made: ConversationProvider | null = null;
    const known = () => {
      if (found !== null) made ??= found.provider(visit);
      return made;
    };
    const ask = async <Value>(read: (provider: ConversationProvider) => Promise<Value>): Promise<Value> => {
      try {
        const visitor = await visitorOf(visit);
        return await read(known() ?? visitor.provider(visit));
      } catch (error) {
        throw ofGenesys(error);
      }
    };
    const stream = <Event>(open: (provider: ConversationProvider) => AsyncIterableIterator<Event>) =>
      new SecondStream<Event>(() => {
        const visitor = now();
        return visitor === null ? visitorOf(visit).then(begin, failed) : begin(visitor);

        function begin(known: GenesysVisitor) {
          const leave = known.stay?.() ?? ignore;
          const failure = () => ofGenesys(new Unauthenticated(known.farewell ?? EXPIRED));
          return { events: open(known.provider(visit)), expired: known.expired, failure, leave };
        }
      });

    return {
      viewer: () => ask((provider) => provider.viewer()),
      conversations: () => ask((provider) => provider.conversations()),
      conversation: (id) => ask((provider) => provider.conversation(id)),
      entityNames: (kind, ids) => ask((provider) => provider.entityNames(kind, ids)),
      communicationIds: (address) => ask((provider) => provider.communicationIds(address)),
      wrapupCodes: (address) => ask((provider) => provider.wrapupCodes(address)),
      command: (command, key) => ask((provider) => provider.command(command, key)),
      // Of what was read before, so that by then it is known for whom.
      availableActions: (conversation, participant) =>
        known()?.availableActions(conversation, participant) ?? [],
      liveSource: () => known()?.liveSource() ?? null,
      conversationEvents: (id, after) => stream((provider) => provider.conversationEvents(id, after)),
      participantUpdates: (id, participantId) =>
        stream((provider) => provider.participantUpdates(id, participantId)),
      conversationUpdates: () => stream((provider) => provider.conversationUpdates()),
      conversationListEvents: () => stream((provider) => provider.conversationListEvents()),
    };
  }
}

function failed(error: unknown): never {
  throw ofGenesys(error);
}

/** A defect is one, whoever meets it. */
function refusalOf(error: unknown): CallControlFailure {
  const told = ofGenesys(error);
  if (told instanceof CallControlFailure) return told;
  throw told;
}

/** Says of which phone system it is that somebody is nobody. */
function ofGenesys<Thrown>(error: Thrown): Thrown | Unauthenticated {
  if (error instanceof Unauthenticated || error instanceof SignInRequired) {
    return new Unauthenticated(error.message, { ...error.trace, system: 'genesys' }, { cause: error });
  }
  return error;
}

function knockOf(address: string, signal: AbortSignal | undefined): Knock {
  return { address, signal: signal ?? NEVER };
}

const NEVER = new AbortController().signal;

function ignore(): void {}
