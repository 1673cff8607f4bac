/** Commands to Genesys Cloud as a client of the gateway gives them, and whether what is answered is true. */
import { isDeepStrictEqual } from 'node:util';
import { getNamedType, isObjectType } from 'graphql';
import type { ParticipantAction } from '../../schema/genesys/actions.ts';
import type { ConversationCommand, ConversationCommandName } from '../../schema/genesys/provider.ts';
import { schema } from '../../schema/index.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import type { AnyParticipant } from '../simulator/genesys-support.ts';
import { conversationsOf } from './conversation-cases.ts';
import type { GenesysHouse } from './genesys-house.ts';

const PARTICIPANT = `
  id conversationId rawPurpose rawState rawDisconnectType held muted confined recording flaggedReason uuiData
  wrapupRequired wrapupSkipped wrapup { code notes } user { id } attributes { name value }
  consultParticipantId monitoredParticipantId coachedParticipantId bargedParticipantId`;

const SELECTIONS: Readonly<Record<string, string>> = {
  conversation: `conversation { id rawRecordingState securePause participants { ${PARTICIPANT} } }`,
  participant: `participant { ${PARTICIPANT} }`,
  destinationParticipant: `destinationParticipant { ${PARTICIPANT} }`,
  error: `error {
    __typename message errorCode
    ... on WrongCallState { actualState allowedParticipantActions }
    ... on CallNotFound { parameterName }
    ... on InvalidCommand { parameterName }
    ... on CommandForbidden { permissionName }
  }`,
};

/** A participant as a payload tells of it. */
type ShownParticipant = Readonly<Record<string, unknown>> & { readonly id: string };

/** The whole payload of a mutation. */
export interface ConversationPayload {
  readonly outcome: 'APPLIED' | 'NOT_APPLIED' | 'UNKNOWN';
  readonly replayed: boolean;
  readonly error: {
    readonly __typename: string;
    readonly message: string;
    readonly errorCode: string | null;
    readonly actualState?: string | null;
    readonly allowedParticipantActions?: readonly ParticipantAction[];
    readonly parameterName?: string | null;
    readonly permissionName?: string | null;
  } | null;
  readonly conversation:
    | (Readonly<Record<string, unknown>> & {
        readonly id: string;
        readonly participants: readonly ShownParticipant[];
      })
    | null;
  /** Missing where a whole conversation is acted on. */
  readonly participant?: ShownParticipant | null;
  readonly destinationParticipantId?: string | null;
  readonly destinationParticipant?: ShownParticipant | null;
}

/** The mutations of the schema that answer with one of these payloads. */
function mutationsOf(...payloads: readonly string[]): readonly ConversationCommandName[] {
  return Object.values(schema.getMutationType()?.getFields() ?? {})
    .filter(({ type }) => payloads.includes(getNamedType(type).name))
    .map(({ name }) => name as ConversationCommandName);
}

/** Those that act on a participant. */
export const PARTICIPANT_MUTATIONS = mutationsOf('CallMediaParticipantPayload', 'ConsultTransferPayload');

/** All commands to Genesys Cloud that the schema has. */
export const CONVERSATION_MUTATIONS = [...PARTICIPANT_MUTATIONS, ...mutationsOf('CallConversationPayload')];

/** The mutation of a command, asking for everything that its payload has. */
export function mutationOf(name: ConversationCommandName): string {
  const payload = getNamedType(schema.getMutationType()?.getFields()[name]?.type);
  const fields = isObjectType(payload) ? Object.keys(payload.getFields()) : [];
  const selection = fields.map((field) => SELECTIONS[field] ?? field).join(' ');
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${input}!) { payload: ${name}(input: $input) { ${selection} } }`;
}

/** The input of the mutation that is the command: the same fields, with times as texts. */
function inputOf({ name: _, ...command }: ConversationCommand): object {
  return Object.fromEntries(
    Object.entries(command).map(([field, value]) => [
      field,
      field.endsWith('Time') ? new Date(value as number).toISOString() : value,
    ]),
  );
}

/** Gives a command through the public door. Top-level errors are none of its answers. */
export async function give(
  house: Pick<GenesysHouse, 'ask'>,
  command: ConversationCommand,
  token = 'gsim-ada',
): Promise<ConversationPayload> {
  const input = inputOf(command);
  const { data, errors } = await house.ask(mutationOf(command.name), { genesys: token }, { input });
  if (errors !== undefined) throw new Error(`${command.name} was answered ${JSON.stringify(errors)}`);
  return data.payload;
}

/** What a payload says otherwise than the simulator's conversations; empty when it tells the truth. */
export function untruthsIn(simulator: Simulator, payload: ConversationPayload): string[] {
  const { conversation, participant, destinationParticipant } = payload;
  const all = conversationsOf(simulator);
  const told = [participant, destinationParticipant].filter((one) => one != null);
  const untruths = told.flatMap((one) => {
    const real = all.find(({ id }) => id === one.conversationId);
    return differences(
      one,
      real?.participants.find(({ id }) => id === one.id),
      real?.id,
    );
  });
  if (conversation === null) return untruths;
  const real = all.find(({ id }) => id === conversation.id);
  const tell = ({ rawRecordingState, securePause, participants }: Readonly<Record<string, unknown>>) =>
    JSON.stringify([
      rawRecordingState,
      securePause,
      (participants as readonly unknown[] | undefined)?.length,
    ]);
  const truth = tell({ ...real, rawRecordingState: real?.recordingState });
  if (tell(conversation) !== truth) untruths.push(`told ${tell(conversation)}, is ${truth}`);
  return [
    ...untruths,
    ...conversation.participants.flatMap((one, index) =>
      differences(one, real?.participants[index], real?.id),
    ),
  ];
}

function differences(
  told: ShownParticipant,
  real: AnyParticipant | undefined,
  conversationId = '',
): string[] {
  const truth = real === undefined ? null : shown(real, conversationId);
  return isDeepStrictEqual(told, truth) ? [] : [`told ${JSON.stringify(told)}, is ${JSON.stringify(truth)}`];
}

/** A participant of the simulator in the words of the schema. */
function shown(wire: AnyParticipant, conversationId: string): ShownParticipant {
  const { user } = wire;
  const wrapup = wire.wrapup as { readonly code: string; readonly notes?: string } | undefined;
  const raw = (name: string) => wire[name] ?? null;
  return {
    ...{ id: wire.id, conversationId, rawPurpose: wire.purpose, rawState: wire.state },
    ...{ rawDisconnectType: raw('disconnectType'), held: raw('held'), muted: raw('muted') },
    ...{ confined: raw('confined'), recording: raw('recording') },
    flaggedReason: wire.flaggedReason === undefined ? null : String(wire.flaggedReason).toUpperCase(),
    ...{ uuiData: raw('uuiData'), wrapupRequired: raw('wrapupRequired') },
    wrapupSkipped: raw('wrapupSkipped'),
    wrapup: wrapup === undefined ? null : { code: wrapup.code, notes: wrapup.notes ?? null },
    user: user === undefined ? null : { id: user.id },
    attributes: Object.entries(wire.attributes ?? {}).map(([name, value]) => ({ name, value })),
    ...{ consultParticipantId: raw('consultParticipantId') },
    monitoredParticipantId: raw('monitoredParticipantId'),
    coachedParticipantId: raw('coachedParticipantId'),
    bargedParticipantId: raw('bargedParticipantId'),
  };
}
