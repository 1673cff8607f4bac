/** A phone system of three calls that writes down what it is asked: the cost of an operation is the length of the list. */
import { type ExecutionResult, execute, parse, subscribe, validate } from 'graphql';
import { expect } from 'vitest';
import type { AccountProvider } from '../../schema/account/provider.ts';
import { createContext, type GatewayContext } from '../../schema/context.ts';
import { schema } from '../../schema/index.ts';
import {
  type ActiveCall,
  type CallParty,
  type CallSession,
  findParty,
  type PartyStatus,
} from '../../schema/model.ts';
import type { CallProvider, Command, CommandResult } from '../../schema/provider.ts';

export const START = Date.UTC(2026, 2, 4, 15, 20, 1, 417);

export function aStatus(status: Partial<PartyStatus> = {}): PartyStatus {
  return {
    code: 'ANSWERED',
    rawCode: 'Answered',
    reason: null,
    rawReason: null,
    description: null,
    parkData: null,
    peerId: null,
    mobilePickupData: null,
    rcc: false,
    ...status,
  };
}

export function aParty(sessionId: string, id: string, party: Partial<CallParty> = {}): CallParty {
  return {
    id,
    sessionId,
    accountId: '701000004',
    extensionId: '701001004',
    attributes: { queueCall: false, emergencyCallback: null },
    status: aStatus(),
    muted: false,
    standAlone: false,
    park: null,
    from: { phoneNumber: '+12025550147', name: 'WIRELESS CALLER', deviceId: null, extensionId: null },
    to: { phoneNumber: '101', name: 'Iris Vance', deviceId: '801100004', extensionId: '701001004' },
    owner: null,
    direction: 'INBOUND',
    conferenceRole: null,
    ringOutRole: null,
    ringMeRole: null,
    recordings: [],
    metadata: [],
    observedAt: START,
    ...party,
  };
}

export function aSession(id: string, session: Partial<CallSession> = {}): CallSession {
  return {
    id,
    originType: 'CALL',
    rawOriginType: 'Call',
    voiceCallToken: null,
    creationTime: START,
    parties: [aParty(id, 'p-1', { direction: 'OUTBOUND' }), aParty(id, 'p-2')],
    observedAt: START,
    ...session,
  };
}

export function anActiveCall(sessionId: string): ActiveCall {
  return {
    presenceId: null,
    sessionId,
    partyId: 'p-2',
    legacySessionId: '51520001004',
    direction: 'INBOUND',
    from: '+12025550147',
    fromName: 'WIRELESS CALLER',
    to: '101',
    toName: 'Iris Vance',
    telephonyStatus: 'CALL_CONNECTED',
    rawTelephonyStatus: 'CallConnected',
    startTime: START,
    queueCall: false,
    onBehalfOf: null,
    terminationType: null,
    observedAt: START,
  };
}

export const APPLIED: CommandResult = {
  outcome: 'APPLIED',
  replayed: false,
  error: null,
  session: null,
  party: null,
  recording: null,
};

/** An account with nobody in it, which nobody watches. */
export function anEmptyAccount(overrides: Partial<AccountProvider> = {}): AccountProvider {
  const nothing = () => {
    throw new Error('This test subscribes to nothing.');
  };
  const done = { outcome: 'APPLIED', replayed: false, error: null } as const;
  return {
    extensions: async () => [],
    extensionsById: async (ids) => ids.map(() => null),
    presences: async (ids) => ids.map(() => null),
    callQueues: async () => [],
    callQueuesById: async (ids) => ids.map(() => null),
    callQueueMembers: async () => [],
    waitingCalls: async (ids) => ids.map(() => []),
    activeCalls: async () => [],
    liveSource: () => null,
    callEvents: nothing,
    presenceUpdates: nothing,
    setPresence: async () => ({ ...done, presence: null }),
    setQueueAvailability: async ({ extensionId }) => ({ ...done, extensionId, queues: null }),
    ...overrides,
  };
}

export interface FakeProvider extends CallProvider {
  /** What was asked, in order. */
  readonly asked: string[];
  readonly commands: { readonly command: Command; readonly key: string | null }[];
}

/** Makes a provider that knows `s-1`, `s-2` and `s-3`; `overrides` replace single answers. */
export function createFakeProvider(overrides: Partial<CallProvider> = {}): FakeProvider {
  const asked: string[] = [];
  const commands: FakeProvider['commands'] = [];
  const sessions = new Map(['s-1', 's-2', 's-3'].map((id) => [id, aSession(id)]));
  const nothing = () => {
    throw new Error('This test subscribes to nothing.');
  };
  const provider: CallProvider = {
    viewer: async () => ({
      accountId: '701000004',
      extensionId: '701001004',
      extensionNumber: '101',
      name: 'Iris Vance',
    }),
    activeCalls: async () => [anActiveCall('s-1'), anActiveCall('s-2')],
    devices: async () => [],
    forwardingNumbers: async () => [],
    signInSessions: async () => [],
    endSignInSession: async () => false,
    callSession: async (id) => sessions.get(id) ?? null,
    callParty: async ({ sessionId, partyId }) => {
      const session = sessions.get(sessionId);
      return session === undefined ? null : (findParty(session, partyId) ?? null);
    },
    command: async () => APPLIED,
    availableActions: () => [
      { action: 'HOLD', allowed: true, reason: null },
      { action: 'UNHOLD', allowed: false, reason: 'The party is not on hold.' },
    ],
    callEvents: nothing,
    callPartyUpdates: nothing,
    activeCallUpdates: nothing,
    activeCallEvents: nothing,
    liveSource: () => null,
    account: anEmptyAccount(),
    ...overrides,
  };
  return {
    ...provider,
    asked,
    commands,
    viewer: () => note('viewer', provider.viewer()),
    activeCalls: () => note('activeCalls', provider.activeCalls()),
    devices: () => note('devices', provider.devices()),
    forwardingNumbers: () => note('forwardingNumbers', provider.forwardingNumbers()),
    callSession: (id) => note(`callSession ${id}`, provider.callSession(id)),
    callParty: (address) =>
      note(`callParty ${address.sessionId} ${address.partyId}`, provider.callParty(address)),
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

export function aContext(provider: CallProvider): GatewayContext {
  return createContext({ provider, requestId: 'r-1' });
}

/** Validates and runs an operation as a door does. */
export async function askIn(
  contextValue: GatewayContext,
  source: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<ExecutionResult> {
  const document = parse(source);
  const errors = validate(schema, document);
  if (errors.length > 0) return { errors };
  return execute({ schema, document, variableValues: variables, contextValue });
}

/** The same for a viewer of RingCentral alone. */
export function ask(
  provider: CallProvider,
  source: string,
  variables?: Readonly<Record<string, unknown>>,
): Promise<ExecutionResult> {
  return askIn(aContext(provider), source, variables);
}

/** Subscribes, and reads the stream to its end. */
export async function watchIn(contextValue: GatewayContext, source: string): Promise<ExecutionResult[]> {
  const document = parse(source);
  expect(validate(schema, document)).toEqual([]);
  const result = await subscribe({ schema, document, contextValue });
  if (!(Symbol.asyncIterator in result)) throw new Error(JSON.stringify(result.errors));
  const events: ExecutionResult[] = [];
  for await (const event of result) events.push(event);
  return events;
}

/** The data of an operation that must not fail. */
export async function data(
  provider: CallProvider,
  source: string,
  variables?: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const result = await ask(provider, source, variables);
  expect(result.errors).toBeUndefined();
  return result.data;
}

/** A mutation as an operation that has its input in a variable: `holdCallParty`. */
export function mutation(name: string, selection = 'outcome'): string {
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${input}!) { ${name}(input: $input) { ${selection} } }`;
}
