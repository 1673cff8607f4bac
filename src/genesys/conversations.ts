/** Genesys Cloud's conversations, one method per thing that the gateway asks for. */
import {
  BadUserInput,
  CallControlFailure,
  RateLimited,
  Unauthenticated,
  UpstreamBadResponse,
  UpstreamUnavailable,
} from '../../schema/failures.ts';
import type {
  CallConversation,
  ConversationUser,
  EntityKind,
  ParticipantAddress,
  WrapupCode,
} from '../../schema/genesys/model.ts';
import type { Caller } from '../upstream/caller.ts';
import type { Upstream } from '../upstream/http.ts';
import { type AnswerTimes, isMissing, type Reading, type ReadOptions, reading } from '../upstream/reading.ts';
import { type LeftOut, unnoted } from '../upstream/values.ts';
import { type SafeCommand, toRequest, type WholeCommand } from './commands.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import {
  type Communication,
  latestOf,
  madeId,
  toCommunications,
  toConversation,
  toConversations,
  toNames,
  toUser,
  toWrapupCodes,
} from './translate.ts';

/** Genesys Cloud's yes to a command. */
export interface Accepted extends AnswerTimes {
  /** False: it is accepted (202), and will be done, or not. */
  readonly isDone: boolean;
  /** The conversation that it made. */
  readonly conversationId: string | null;
  /** Of a consult transfer: who is asked. */
  readonly destinationParticipantId: string | null;
}

/**
 * Genesys Cloud, for whichever caller. Everything here throws the failures of `schema/failures.ts`, or the reason of its
 * signal; `observedAt` of an answer is its `receivedAt`.
 */
export interface Conversations {
  readUser(caller: Caller, options: ReadOptions): Promise<ConversationUser>;
  /** The conversations in which the user takes part directly. */
  readConversations(caller: Caller, options: ReadOptions): Promise<Reading<readonly CallConversation[]>>;
  /** Null when Genesys knows no such conversation (any more). */
  readConversation(
    caller: Caller,
    conversationId: string,
    options: TimedReadOptions,
  ): Promise<Reading<CallConversation | null>>;
  /** The communications of whoever takes part in a conversation: one request tells them of all. */
  readCommunications(caller: Caller, conversationId: string, options: ReadOptions): Promise<CommunicationsOf>;
  readWrapupCodes(
    caller: Caller,
    address: ParticipantAddress,
    options: ReadOptions,
  ): Promise<readonly WrapupCode[]>;
  /** The names that the viewer may see, by id; of some kinds a hundred cost one request. */
  readNames(
    caller: Caller,
    kind: EntityKind,
    ids: readonly string[],
    options: ReadOptions,
  ): Promise<ReadonlyMap<string, string>>;
  /**
   * Sends a command once. It takes no signal: a command that left is not taken back. What fails before it leaves says so
   * (`sent`), also where a communication had to be looked up for it.
   * @throws {BadUserInput} also where a communication is needed, and the participant has none.
   */
  command(caller: Caller, command: SafeCommand, options: CommandOptions): Promise<Accepted>;
}

/** The communications of a participant, the latest last; none when there is no such participant. */
export type CommunicationsOf = (participantId: string) => readonly Communication[];

/** A read that has its own time. */
export interface TimedReadOptions extends ReadOptions {
  /** Milliseconds, where it is not the usual time. */
  readonly timeout?: number | undefined;
}

export interface CommandOptions {
  readonly requestId?: string | undefined;
  /** Called as the command leaves: until then it may have waited for the rate budget. */
  readonly onSent?: (() => void) | undefined;
}

/** So many names are asked for at once; more make an address too long for some proxies. */
const NAMES_AT_ONCE = 100;

/** Kinds whose names are read together, as lists that are asked for by ids. */
const LISTED: { readonly [Kind in EntityKind]?: Operation } = {
  USER: OPERATIONS.getUsers,
  QUEUE: OPERATIONS.getRoutingQueues,
  GROUP: OPERATIONS.getGroups,
  SKILL: OPERATIONS.getRoutingSkills,
  LANGUAGE: OPERATIONS.getRoutingLanguages,
  WRAPUP_CODE: OPERATIONS.getRoutingWrapupcodes,
  DIVISION: OPERATIONS.getAuthorizationDivisions,
};

/** Kinds of which Genesys shows one at a time. */
const SINGLE: { readonly [Kind in EntityKind]?: Operation } = {
  TEAM: OPERATIONS.getTeam,
  SCRIPT: OPERATIONS.getScript,
  EXTERNAL_CONTACT: OPERATIONS.getExternalcontactsContact,
  EXTERNAL_ORGANIZATION: OPERATIONS.getExternalcontactsOrganization,
};

/** Makes the client; `leftOut` is told of each entry of a list that could not be read. */
export function createConversations(upstream: Upstream, leftOut: LeftOut = unnoted): Conversations {
  return {
    async readUser(caller, options) {
      const { body } = await upstream.send(caller, {
        ...options,
        operation: OPERATIONS.getUsersMe,
        // Which organisation it is, is told to nobody who does not ask.
        query: { expand: 'organization' },
      });
      return toUser(body);
    },

    async readConversations(caller, options) {
      const answer = await upstream.send(caller, {
        ...options,
        operation: OPERATIONS.getConversationsCalls,
      });
      return reading(answer, (body, at) => toConversations(body, at, leftOut));
    },

    async readConversation(caller, conversationId, options) {
      const answer = await upstream.send(caller, {
        ...options,
        operation: OPERATIONS.getConversationsCall,
        ids: { conversationId },
        orNull: true,
      });
      return reading(answer, (body, at) => (isMissing(answer) ? null : toConversation(body, at, leftOut)));
    },

    readCommunications,

    async readWrapupCodes(caller, address, options) {
      const { body } = await upstream.send(caller, {
        ...options,
        operation: OPERATIONS.getConversationsCallParticipantWrapupcodes,
        ids: { ...address },
      });
      return toWrapupCodes(body, leftOut);
    },

    async readNames(caller, kind, ids, options) {
      const list = LISTED[kind];
      const single = SINGLE[kind];
      const asked = list === undefined ? ids.map((id) => [id]) : inParts(ids);
      const parts = await Promise.all(
        asked.map((some) => {
          if (list !== undefined) {
            const query = { id: some, pageSize: String(NAMES_AT_ONCE) };
            return namesIn(caller, { ...options, operation: list, query });
          }
          if (single === undefined) return NO_NAMES;
          return namesIn(caller, { ...options, operation: single, ids: { id: some[0] ?? '' } });
        }),
      );
      return new Map(parts.flatMap((names) => [...names]));
    },

    async command(caller, command, { requestId, onSent }) {
      const whole = await withCommunication(caller, command, requestId).catch(neverSent);
      const { operation, ids, body } = toRequest(whole);
      const answer = await upstream.send(caller, {
        ...{ operation, ids, body, requestId, onSent },
        ...{ lane: 'command', orBodiless: true },
      });
      const { sentAt, receivedAt, upstreamDate } = answer;
      const makes = command.name === 'placeCall' || command.name === 'startCallConference';
      return {
        ...{ sentAt, receivedAt, upstreamDate },
        isDone: answer.status !== 202,
        conversationId: makes ? madeId(answer.body, 'id') : null,
        destinationParticipantId:
          command.name === 'startConsultTransfer' ? madeId(answer.body, 'destinationParticipantId') : null,
      };
    },
  };

  async function readCommunications(
    caller: Caller,
    conversationId: string,
    options: ReadOptions,
  ): Promise<CommunicationsOf> {
    const answer = await upstream.send(caller, {
      ...options,
      operation: OPERATIONS.getConversation,
      ids: { conversationId },
      orNull: true,
    });
    return (participantId) => (isMissing(answer) ? [] : toCommunications(answer.body, participantId));
  }

  /** The command about a communication, which is looked up where it names none. */
  async function withCommunication(
    caller: Caller,
    command: SafeCommand,
    requestId: string | undefined,
  ): Promise<WholeCommand> {
    switch (command.name) {
      case 'setCallMediaParticipantAfterCallWork':
      case 'setCallMediaParticipantUuiData': {
        const { communicationId = await latestCommunication(caller, command, requestId) } = command;
        return { ...command, communicationId };
      }
      default:
        return command;
    }
  }

  /** The one that is going on, else the latest. */
  async function latestCommunication(
    caller: Caller,
    { conversationId, participantId }: ParticipantAddress,
    requestId: string | undefined,
  ): Promise<string> {
    const communicationsOf = await readCommunications(caller, conversationId, { lane: 'command', requestId });
    const meant = latestOf(communicationsOf(participantId));
    if (meant !== undefined) return meant.id;
    throw new BadUserInput(
      'This participant has no communication on the call medium that the command could be about.',
      'communicationId',
    );
  }

  /** Names are a trimming: where they cannot be read, what they belong to is shown all the same. */
  async function namesIn(
    caller: Caller,
    request: Parameters<Upstream['send']>[1],
  ): Promise<ReadonlyMap<string, string>> {
    try {
      const { body } = await upstream.send(caller, request);
      return toNames(body);
    } catch (error) {
      if (error instanceof CallControlFailure && isNoShow(error)) return NO_NAMES;
      throw error;
    }
  }
}

/**
 * What kept a command from being sent, because something had to be read for it: of the read it is not known whether it
 * reached Genesys, of the command it is.
 */
function neverSent(error: unknown): never {
  const options = { cause: error };
  if (error instanceof RateLimited) {
    throw new RateLimited(error.message, { ...error, sent: false }, error.trace, options);
  }
  if (error instanceof UpstreamUnavailable || error instanceof UpstreamBadResponse) {
    throw new UpstreamUnavailable(`${error.message} ${NOT_SENT}`, false, error.trace, options);
  }
  throw error;
}

const NOT_SENT = 'The communication that the command is about could not be found, so it was not sent.';

const NO_NAMES: ReadonlyMap<string, string> = new Map();

/** What the viewer may not see, or is not there, has no name for them; anything else may have one the next time. */
function isNoShow(error: CallControlFailure): boolean {
  const { code } = error;
  return (
    !(error instanceof Unauthenticated) &&
    (code === 'FORBIDDEN' || code === 'CALL_NOT_FOUND' || code === 'BAD_USER_INPUT')
  );
}

function inParts(ids: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [];
  for (let from = 0; from < ids.length; from += NAMES_AT_ONCE)
    parts.push(ids.slice(from, from + NAMES_AT_ONCE));
  return parts;
}
