/** A Genesys Cloud of three conversations that writes down what it is asked. */
import type { ExecutionResult } from 'graphql';
import { expect } from 'vitest';
import { createContext, type GatewayContext } from '../../schema/context.ts';
import type {
  CallConversation,
  CallMediaParticipant,
  EntityKind,
  EntityRef,
} from '../../schema/genesys/model.ts';
import type {
  ConversationCommand,
  ConversationCommandResult,
  ConversationProvider,
} from '../../schema/genesys/provider.ts';
import type { CallProvider } from '../../schema/provider.ts';
import { askIn, createFakeProvider, START, watchIn } from './fake-provider.ts';

export function anEntity(kind: EntityKind, id: string, name: string | null = null): EntityRef {
  return { kind, id, name };
}

/** An agent in a call, of whom Genesys Cloud tells the least it can. */
export function aParticipant(
  conversationId: string,
  id: string,
  participant: Partial<CallMediaParticipant> = {},
): CallMediaParticipant {
  return {
    id,
    conversationId,
    name: null,
    address: null,
    startTime: START,
    startAlertingTime: null,
    connectedTime: START,
    endTime: null,
    startHoldTime: null,
    startAcwTime: null,
    endAcwTime: null,
    parkTime: null,
    resumeTime: null,
    bargedTime: null,
    purpose: 'AGENT',
    rawPurpose: 'agent',
    state: 'CONNECTED',
    rawState: 'connected',
    direction: 'INBOUND',
    rawDirection: 'inbound',
    disconnectType: null,
    rawDisconnectType: null,
    held: false,
    muted: false,
    confined: false,
    recording: false,
    recordingState: 'NONE',
    rawRecordingState: 'none',
    recordersState: null,
    securePause: null,
    wrapupRequired: null,
    wrapupSkipped: null,
    wrapupPrompt: null,
    rawWrapupPrompt: null,
    wrapupTimeoutMs: null,
    wrapup: null,
    alertingTimeoutMs: null,
    mediaRoles: [],
    user: null,
    queue: null,
    team: null,
    group: null,
    script: null,
    externalContact: null,
    externalContactInitialDivisionId: null,
    externalOrganization: null,
    attributes: [],
    errorInfo: null,
    provider: null,
    peer: null,
    flaggedReason: null,
    rawFlaggedReason: null,
    journeyContext: null,
    conversationRoutingData: null,
    ani: null,
    dnis: null,
    documentId: null,
    faxStatus: null,
    monitoredParticipantId: null,
    coachedParticipantId: null,
    bargedParticipantId: null,
    consultParticipantId: null,
    uuiData: null,
    disposition: null,
    transferSource: null,
    clientIpAddress: null,
    observedAt: START,
    ...participant,
  };
}

export function aConversation(id: string, conversation: Partial<CallConversation> = {}): CallConversation {
  return {
    id,
    name: null,
    participants: [
      aParticipant(id, 'customer', {
        name: 'Sam Ortega',
        purpose: 'CUSTOMER',
        rawPurpose: 'customer',
        ani: 'tel:+61370151234',
      }),
      aParticipant(id, 'agent', {
        name: 'Ada Bell',
        user: anEntity('USER', 'u-ada'),
        startTime: START + 5_000,
      }),
    ],
    otherMediaUris: [],
    recentTransfers: [],
    utilizationLabelId: null,
    inactivityTimeout: null,
    divisions: [],
    recordingState: null,
    rawRecordingState: null,
    securePause: null,
    maxParticipants: null,
    observedAt: START,
    ...conversation,
  };
}

export const DONE: ConversationCommandResult = {
  outcome: 'APPLIED',
  replayed: false,
  error: null,
  conversation: null,
  participant: null,
  conversationId: null,
  destinationParticipantId: null,
};

export interface FakeConversations extends ConversationProvider {
  /** What was asked, in order. */
  readonly asked: string[];
  readonly commands: { readonly command: ConversationCommand; readonly key: string | null }[];
}

const NAMES: Readonly<Record<string, string>> = { 'u-ada': 'Ada Bell', 'u-bo': 'Bo Lind', 'q-1': 'Support' };

/** Makes a provider that knows `c-1`, `c-2` and `c-3`; `overrides` replace single answers. */
export function createFakeConversations(overrides: Partial<ConversationProvider> = {}): FakeConversations {
  const asked: string[] = [];
  const commands: FakeConversations['commands'] = [];
  const conversations = new Map(['c-1', 'c-2', 'c-3'].map((id) => [id, aConversation(id)]));
  const nothing = () => {
    throw new Error('This test subscribes to nothing.');
  };
  const provider: ConversationProvider = {
    viewer: async () => ({
      id: 'u-ada',
      name: 'Ada Bell',
      email: 'ada@example.com',
      organizationId: 'o-1',
    }),
    conversations: async () => [aConversation('c-1'), aConversation('c-2')],
    conversation: async (id) => conversations.get(id) ?? null,
    entityNames: async (_, ids) => ids.map((id) => NAMES[id] ?? null),
    communicationIds: async () => ['k-1', 'k-2'],
    wrapupCodes: async () => [{ id: 'w-1', name: 'Sold', description: 'Something was sold.' }],
    command: async () => DONE,
    availableActions: () => [
      { action: 'HOLD', allowed: true, reason: null },
      { action: 'UNHOLD', allowed: false, reason: 'The call is not on hold.' },
    ],
    conversationEvents: nothing,
    participantUpdates: nothing,
    conversationUpdates: nothing,
    conversationListEvents: nothing,
    liveSource: () => null,
    ...overrides,
  };
  return {
    ...provider,
    asked,
    commands,
    viewer: () => note('viewer', provider.viewer()),
    conversations: () => note('conversations', provider.conversations()),
    conversation: (id) => note(`conversation ${id}`, provider.conversation(id)),
    entityNames: (kind, ids) => note(`names ${kind} ${ids.join(' ')}`, provider.entityNames(kind, ids)),
    wrapupCodes: (address) => note(`wrapupCodes ${address.participantId}`, provider.wrapupCodes(address)),
    communicationIds: (address) =>
      note(`communicationIds ${address.participantId}`, provider.communicationIds(address)),
    command(command, key) {
      commands.push({ command, key });
      return note(command.name, provider.command(command, key));
    },
  };

  function note<Answer>(what: string, answer: Answer): Answer {
    asked.push(what);
    return answer;
  }
}

/** The context of a viewer of both systems. */
export function bothSystems(
  genesys: ConversationProvider | undefined,
  provider: CallProvider = createFakeProvider(),
): GatewayContext {
  return createContext({ provider, genesys, requestId: 'r-1' });
}

export { askIn as askBoth } from './fake-provider.ts';

/** The data of an operation that must not fail. */
export async function dataOf(
  genesys: ConversationProvider,
  source: string,
  variables?: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const result = await askIn(bothSystems(genesys), source, variables);
  expect(result.errors).toBeUndefined();
  return result.data;
}

/** Subscribes, and reads the stream to its end. */
export function watchBoth(genesys: ConversationProvider, source: string): Promise<ExecutionResult[]> {
  return watchIn(bothSystems(genesys), source);
}
