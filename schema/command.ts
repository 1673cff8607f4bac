/**
 * The one shape of a command: `(input: …Input!)` in, a payload with the outcome and the true state of the
 * call out. Each verb is an `addCommand` of a few lines.
 */
import type { InputFieldMap, InputShapeFromFields } from '@pothos/core';
import { addEnum, builder, CallParty, CallSession, paragraphs, type RateGroup, spends } from './builder.ts';
import { CallRecording } from './call-party.ts';
import { checkId, checkText } from './checks.ts';
import type { GatewayContext } from './context.ts';
import { CallControlError } from './failure-types.ts';
import { CallControlFailure } from './failures.ts';
import type { PartyAddress } from './model.ts';
import {
  COMMAND_OUTCOMES,
  type Command,
  type CommandName,
  type CommandOf,
  type CommandResult,
} from './provider.ts';

const CommandOutcome = addEnum('CommandOutcome', COMMAND_OUTCOMES, {
  description: 'What became of a command.',
  values: {
    APPLIED: 'RingCentral accepted it, or its effect was seen on the call.',
    NOT_APPLIED: 'It was refused, or never reached RingCentral. `error` says why.',
    UNKNOWN:
      'It may have been applied: the answer was lost, and the state of the call does not decide it. ' +
      '`error` says what happened. Look at the call before repeating the command.',
  },
});

const CommandPayload = builder.interfaceRef<CommandResult>('CommandPayload').implement({
  description:
    'What every command answers: what became of it, and why it was not applied. The payloads add the ' +
    'state of the call as it is now known, also when the command failed.',
  fields: (t) => ({
    outcome: t.expose('outcome', { type: CommandOutcome, description: 'What became of the command.' }),
    replayed: t.exposeBoolean('replayed', {
      description:
        'True when this is the stored answer to an earlier command with the same `idempotencyKey`.',
    }),
    error: t.field({
      type: CallControlError,
      nullable: true,
      description: 'Why the outcome is not `APPLIED`; null when it is.',
      resolve: ({ error }) => (error === null ? null : { failure: error }),
    }),
  }),
});

/** What most commands answer. */
export const CallPartyPayload = builder.objectRef<CommandResult>('CallPartyPayload').implement({
  description: 'The answer to a command on a party.',
  interfaces: [CommandPayload],
  fields: (t) => ({
    party: t.expose('party', {
      type: CallParty,
      nullable: true,
      description: 'The party as now known; null where nothing is known of it.',
    }),
    session: callOfResult(t),
  }),
});

/** What the commands answer that begin or end a call. */
export const CallSessionPayload = builder.objectRef<CommandResult>('CallSessionPayload').implement({
  description: 'The answer to a command on a whole call.',
  interfaces: [CommandPayload],
  fields: (t) => ({ session: callOfResult(t) }),
});

/** What the commands on recordings answer. */
export const CallRecordingPayload = builder.objectRef<CommandResult>('CallRecordingPayload').implement({
  description: 'The answer to a command on a recording.',
  interfaces: [CommandPayload],
  fields: (t) => ({
    recording: t.expose('recording', {
      type: CallRecording,
      nullable: true,
      description: 'The recording as now known; null where nothing is known of it.',
    }),
    party: t.expose('party', {
      type: CallParty,
      nullable: true,
      description: 'The party that is recorded, as now known.',
    }),
    session: callOfResult(t),
  }),
});

type Types = typeof builder.$inferSchemaTypes;
type ResultFields = PothosSchemaTypes.ObjectFieldBuilder<Types, CommandResult>;
/** What builds the fields of an input. */
export type InputFields = PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>;

/** The call after a command: as the answer gave it, else read. A failed read is no failure of the command. */
function callOfResult(t: ResultFields) {
  return t.field({
    type: CallSession,
    nullable: true,
    description:
      'The call as now known; null where nothing is known of it. Where the answer of RingCentral showed ' +
      'only the party, this costs a read of the call.',
    resolve: ({ session, party }, _, { loaders }) =>
      session ?? (party === null ? null : loaders.session.load(party.sessionId).catch(nullIfExpected)),
  });
}

function nullIfExpected(error: unknown): null {
  if (error instanceof CallControlFailure) return null;
  throw error;
}

/** A mutation: what it takes, what RingCentral does with it, and the command it becomes. */
export interface CommandDefinition<Name extends CommandName, Fields extends InputFieldMap> {
  /** Paragraphs for the app developer. */
  readonly description: readonly string[];
  /** The request it makes: operationId, method and path below `/restapi/v1.0/account/~/telephony`, rate group. */
  readonly upstream: readonly [operation: string, address: string, group: RateGroup];
  readonly payload: typeof CallPartyPayload | typeof CallSessionPayload | typeof CallRecordingPayload;
  readonly fields: (t: InputFields) => Fields;
  /** Checks the input and puts it into the provider's words. */
  readonly command: (input: InputShapeFromFields<Fields>) => Omit<CommandOf<Name>, 'name'>;
}

/** Adds the mutation `name` and its input type. */
export function addCommand<const Name extends CommandName, Fields extends InputFieldMap>(
  name: Name,
  definition: CommandDefinition<Name, Fields>,
): void {
  const [operation, address, group] = definition.upstream;
  const [method, path] = address.split(' ');
  const Input = builder.inputType(`${name.charAt(0).toUpperCase()}${name.slice(1)}Input`, {
    description: `What \`${name}\` takes.`,
    fields: (t) => ({ ...definition.fields(t), ...idempotency(t) }),
  });
  builder.mutationField(name, (t) =>
    t.field({
      type: definition.payload,
      description: paragraphs(
        ...definition.description,
        spends(operation, `${method} /restapi/v1.0/account/~/telephony${path}`, group),
      ),
      args: { input: t.arg({ type: Input, required: true, description: 'What the command needs.' }) },
      resolve: (_, args, context) => {
        // The compiler cannot follow the fields of a type parameter into the shape of the arguments.
        const { input } = args as unknown as { input: InputShapeFromFields<Fields> & Keyed };
        const command = { name, ...definition.command(input) } as CommandOf<Name>;
        return send(context, command, input.idempotencyKey ?? null);
      },
    }),
  );
}

interface Keyed {
  readonly idempotencyKey?: string | null | undefined;
}

async function send(context: GatewayContext, command: Command, key: string | null): Promise<CommandResult> {
  if (key !== null) checkText(key, 'idempotencyKey', MAX_KEY_LENGTH);
  const result = await context.provider.command(command, key);
  context.afterCommand(result);
  return result;
}

const MAX_KEY_LENGTH = 255; // characters

function idempotency(t: InputFields) {
  return {
    idempotencyKey: t.string({
      description:
        'Your own text for this one intention, 1 to 255 characters, like a UUID made when the button is ' +
        'pressed: with it the command is never done twice. See `Mutation`.',
    }),
  };
}

/** A second party in an input. */
export const PartyAddressInput = builder.inputType('PartyAddressInput', {
  description: 'The place of a party: its session, and its id in there.',
  fields: (t) => ({
    sessionId: t.id({ required: true, description: 'The session the party is in.' }),
    partyId: t.id({ required: true, description: 'The party.' }),
  }),
});

/** The fields of a command on a whole call. */
export function onSession(t: InputFields) {
  return { sessionId: t.id({ required: true, description: 'The call.' }) };
}

/** The fields of a command on a party. */
export function onParty(t: InputFields) {
  return {
    sessionId: t.id({ required: true, description: 'The session the party is in.' }),
    partyId: t.id({ required: true, description: 'The party to act on.' }),
  };
}

/** @throws {BadUserInput} for a bad id. */
export function sessionOf({ sessionId }: { readonly sessionId: string }): { readonly sessionId: string } {
  return { sessionId: checkId(sessionId, 'sessionId') };
}

/** @throws {BadUserInput} for a bad id, naming its place inside the input. */
export function partyOf({ sessionId, partyId }: PartyAddress, inside = ''): PartyAddress {
  return {
    sessionId: checkId(sessionId, `${inside}sessionId`),
    partyId: checkId(partyId, `${inside}partyId`),
  };
}
