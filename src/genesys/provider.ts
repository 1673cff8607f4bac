/** Genesys Cloud as the phone system behind the schema: reads go through the desk, commands are carried out once. */
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import type { Visit } from '../../schema/provider.ts';
import { orAborted } from '../or-aborted.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { IdempotencyKeys } from '../upstream/idempotency.ts';
import { availableActions } from './actions.ts';
import { type CarryingOutParts, carryOut, NO_STATE } from './carrying-out.ts';
import type { CommunicationsOf } from './conversations.ts';
import type { ConversationPerson } from './person.ts';

export interface ConversationProviderParts extends CarryingOutParts {
  readonly keys: IdempotencyKeys;
  readonly metrics: Metrics;
}

/** Makes the provider of one operation of one person. */
export function createConversationProvider(
  parts: ConversationProviderParts,
  person: ConversationPerson,
  visit: Visit,
): ConversationProvider {
  const { conversations, keys, metrics } = parts;
  const { desk, caller, viewerId, names } = person;
  // Not the signal: it is made for the first who asks for it.
  const { requestId } = visit;
  /** Reads that are on their way, by conversation. */
  const communications = new Map<string, Promise<CommunicationsOf>>();

  return {
    // Asked once for all connections: whoever leaves does not call it off, nor wait for it.
    viewer: () => orAborted(person.user(), visit.signal),
    conversations: () => desk.readList(visit.signal, requestId),
    conversation: (id) => desk.readCall(id, visit.signal, requestId),
    // Kept for all who ask, so nobody's leaving ends the read.
    entityNames: (kind, ids) =>
      orAborted(
        names.of(kind, ids, (one, some) =>
          conversations.readNames(caller, one, some, { lane: 'query', requestId }),
        ),
        visit.signal,
      ),
    async communicationIds({ conversationId, participantId }) {
      const communicationsOf = await communicationsIn(conversationId);
      return communicationsOf(participantId).map(({ id }) => id);
    },
    wrapupCodes: (address) =>
      conversations.readWrapupCodes(caller, address, { lane: 'query', signal: visit.signal, requestId }),
    availableActions: (conversation, participant) =>
      availableActions(conversation, participant, person.userId()),
    conversationEvents: (conversationId, after) => desk.events(conversationId, after, visit.dropped),
    participantUpdates: (conversationId, participantId) => desk.partyUpdates(conversationId, participantId),
    conversationUpdates: () => desk.listUpdates(),
    conversationListEvents: () => desk.listEvents(),
    liveSource: () => desk.liveSource(),

    async command(command, idempotencyKey) {
      const run = () => carryOut(parts, person, command, requestId);
      const conversationId = 'conversationId' in command ? command.conversationId : null;
      const unknown = { ...NO_STATE, conversationId };
      const result = await keys.once(viewerId, idempotencyKey, command, run, unknown);
      const outcome = result.replayed ? 'replayed' : result.outcome;
      metrics.commands.inc({ command: command.name, outcome });
      return result;
    },
  };

  /** One read for all who are asked about at the same time. */
  function communicationsIn(conversationId: string): Promise<CommunicationsOf> {
    const underway = communications.get(conversationId);
    if (underway !== undefined) return underway;
    const options = { lane: 'query', signal: visit.signal, requestId } as const;
    const reading = conversations
      .readCommunications(caller, conversationId, options)
      .finally(() => communications.delete(conversationId));
    communications.set(conversationId, reading);
    return reading;
  }
}
