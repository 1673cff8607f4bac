/**
 * The one shape of a command, whichever phone system carries it out: `(input: …Input!)` in, a payload with the outcome and
 * the true state of the call out. Each system makes an `addCommand` of it, and each verb is an `addCommand` of a few lines.
 */
import type { InputFieldMap, InputShapeFromFields, ObjectRef } from '@pothos/core';
import { addEnum, builder, paragraphs } from './builder.ts';
import { checkText } from './checks.ts';
import type { GatewayContext } from './context.ts';
import { CallControlError } from './failure-types.ts';
import { CallControlFailure } from './failures.ts';
import { COMMAND_OUTCOMES, type CommandReport } from './telling.ts';

const CommandOutcome = addEnum('CommandOutcome', COMMAND_OUTCOMES, {
  description: 'What became of a command.',
  values: {
    APPLIED:
      'RingCentral accepted it, or its effect was seen. Genesys Cloud accepts first and acts later: there ' +
      'what was seen counts, of digits, which leave no trace, that they were accepted, and of a call that was placed that ' +
      'it was answered with its id.',
    NOT_APPLIED: 'It was refused, or never reached the phone system. `error` says why.',
    UNKNOWN:
      'It may have been applied: the answer was lost, or nothing was seen of it in time, and the state of the call does ' +
      'not decide it. `error` says what happened. Look at the call before repeating the command.',
  },
});

/** What the payload of every command has. */
export const CommandPayload = builder.interfaceRef<CommandReport>('CommandPayload').implement({
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

type Types = typeof builder.$inferSchemaTypes;
/** What builds the fields of an input. */
export type InputFields = PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>;
/** What builds the fields of a payload. */
export type PayloadFields<Result> = PothosSchemaTypes.ObjectFieldBuilder<Types, Result>;

interface Named {
  readonly name: string;
}
type Of<Command extends Named, Name> = Extract<Command, { readonly name: Name }>;

/** How the commands of one phone system are sent, and what is said of their cost. */
export interface CommandKind<Command extends Named, Result extends CommandReport, Upstream> {
  /** The last paragraph of a description: the request it makes. */
  readonly costs: (upstream: Upstream) => string;
  /** Hands the command to its provider, and what it answers to those who read on. */
  readonly send: (context: GatewayContext, command: Command, key: string | null) => Promise<Result>;
}

/** A mutation: what it takes, what the phone system does with it, and the command it becomes. */
export interface CommandDefinition<
  Command extends Named,
  Result,
  Upstream,
  Name extends Command['name'],
  Fields extends InputFieldMap,
> {
  /** Paragraphs for the app developer. */
  readonly description: readonly string[];
  /** The request it makes. */
  readonly upstream: Upstream;
  readonly payload: ObjectRef<Types, Result>;
  readonly fields: (t: InputFields) => Fields;
  /** Checks the input and puts it into the provider's words. */
  readonly command: (input: InputShapeFromFields<Fields>) => Omit<Of<Command, Name>, 'name'>;
}

/** Makes the function that adds a mutation of one phone system, and its input type. */
export function commandsOf<Command extends Named, Result extends CommandReport, Upstream>(
  kind: CommandKind<Command, Result, Upstream>,
) {
  return function addCommand<const Name extends Command['name'], Fields extends InputFieldMap>(
    name: Name,
    definition: CommandDefinition<Command, Result, Upstream, Name, Fields>,
  ): void {
    const Input = builder.inputType(`${name.charAt(0).toUpperCase()}${name.slice(1)}Input`, {
      description: `What \`${name}\` takes.`,
      fields: (t) => ({ ...definition.fields(t), ...idempotency(t) }),
    });
    // What the payload has beside is settled above; the compiler cannot follow a type parameter into a field.
    const payload = definition.payload as ObjectRef<Types, CommandReport>;
    builder.mutationField(name, (t) =>
      t.field({
        type: payload,
        description: paragraphs(...definition.description, kind.costs(definition.upstream)),
        args: { input: t.arg({ type: Input, required: true, description: 'What the command needs.' }) },
        resolve: (_, args, context): Promise<CommandReport> => {
          // The compiler cannot follow the fields of a type parameter into the shape of the arguments.
          const { input } = args as unknown as { input: InputShapeFromFields<Fields> & Keyed };
          const command = { name, ...definition.command(input) } as Of<Command, Name>;
          return kind.send(context, command, checkedKey(input));
        },
      }),
    );
  };
}

/** For what a payload reads beside the answer: a failed read is no failure of the command. */
export function nullIfExpected(error: unknown): null {
  if (error instanceof CallControlFailure) return null;
  throw error;
}

interface Keyed {
  readonly idempotencyKey?: string | null | undefined;
}

const MAX_KEY_LENGTH = 255; // characters

function checkedKey({ idempotencyKey }: Keyed): string | null {
  return idempotencyKey == null ? null : checkText(idempotencyKey, 'idempotencyKey', MAX_KEY_LENGTH);
}

function idempotency(t: InputFields) {
  return {
    idempotencyKey: t.string({
      description:
        'Your own text for this one intention, 1 to 255 characters, like a UUID made when the button is ' +
        'pressed: with it the command is never done twice. See `Mutation`.',
    }),
  };
}
