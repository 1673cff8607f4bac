/**
 * Operations as code: a document that comes again, or whose events do, is compiled by graphql-jit, which does not work out
 * anew for each field of each answer what graphql-js does.
 *
 * graphql-jit does not know `@oneOf`, so graphql-js judges the variables first.
 */
import {
  BREAK,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SourceLocation,
  visit,
} from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import { onceByOperation } from './by-operation.ts';
import { MOST_ERRORS } from './masking.ts';

/** An operation to execute. */
export type Operation = Omit<ExecutionArgs, 'schema'>;

/** Executes an operation as graphql-js does. */
export type Execute = (operation: Operation) => ExecutionResult | Promise<ExecutionResult>;

/** An operation is compiled when it runs for this time: a few milliseconds, which one that never comes again is not worth. */
const RUNS_TO_COMPILE = 3;

type Jit = typeof import('graphql-jit');
type Code = CompiledQuery<Data> | ExecutionResult<Data>;
type Data = Record<string, unknown>;

/** What one operation of a document has become. */
interface Program {
  readonly operation: OperationDefinitionNode;
  readonly isSuitable: boolean;
  runs: number;
  code: Code | null;
}

/** Makes the executor of one schema. */
export function createExecutor(schema: GraphQLSchema): Execute {
  const programOf = onceByOperation(
    (operation, document): Program => ({
      operation,
      isSuitable: isSuitable(operation, document),
      runs: 0,
      code: null,
    }),
  );
  /** Variables of subscriptions, each of one: nobody changes them. */
  const knownGood = new WeakSet<object>();
  let jit: Jit | null = null;
  let isLoading = false;

  return (args) => {
    const program = programOf(args);
    const code = program?.isSuitable ? codeOf(program, args) : null;
    if (!program || !code || !('query' in code) || !areGood(program.operation, args)) {
      return execute({ ...args, schema });
    }
    const result = code.query(args.rootValue, args.contextValue, args.variableValues);
    const { operation } = program.operation;
    return 'then' in result
      ? result.then((late) => asSaid(operation, late, args))
      : asSaid(operation, result, args);
  };

  function asSaid(
    type: OperationTypeNode,
    result: ExecutionResult<Data>,
    args: Operation,
  ): ReturnType<Execute> {
    if (result.errors === undefined) return result;
    const { errors, data } = result;
    // Which of several failures made everything null, and of what kind a defect is, graphql-js knows best. An event is
    // nothing but read: once more does no harm.
    const isOdd = !data || errors.some(({ originalError }) => originalError === undefined);
    if (type === OperationTypeNode.SUBSCRIPTION && isOdd) return execute({ ...args, schema });
    return asExecuted({ errors, data }, args);
  }

  function codeOf(program: Program, { document, operationName }: Operation): Code | null {
    program.runs += 1;
    if (program.code !== null || program.runs < RUNS_TO_COMPILE) return program.code;
    if (!isLoading) {
      isLoading = true;
      // Not before it is of use: it takes memory that an idle gateway does not need.
      import('graphql-jit').then(
        (loaded) => {
          jit = loaded;
        },
        () => {}, // Without it graphql-js goes on as before.
      );
    }
    if (jit !== null) program.code = jit.compileQuery(schema, document, operationName ?? undefined);
    return program.code;
  }

  /**
   * One field that can fail alone, or the event of a subscription, which has but one. Where several fail at once, graphql-js answers when the first has made everything
   * null and graphql-jit when all are done; and after a command that failed so, graphql-jit goes on with the next.
   * Nor does it keep the order of fields that `@skip` and `@include` leave out in one place and not in another.
   */
  function isSuitable({ operation, selectionSet }: OperationDefinitionNode, document: DocumentNode): boolean {
    const [field, ...more] = selectionSet.selections;
    if (field?.kind !== 'Field' || more.length > 0 || hasDirectives(document)) return false;
    if (operation !== 'query') return true;
    const type = schema.getQueryType()?.getFields()[field.name.value]?.type;
    return type !== undefined && !(isNonNullType(type) && isObjectType(type.ofType));
  }

  function areGood(
    { operation, variableDefinitions = [] }: OperationDefinitionNode,
    { variableValues }: Operation,
  ): boolean {
    const values = variableValues ?? {};
    // Those of a subscription are the same for all its events.
    if (knownGood.has(values)) return true;
    // A null that stands in for a default is found out late, in words that differ.
    if (Object.values(values).includes(null)) return false;
    const { errors } = getVariableValues(schema, variableDefinitions, values, { maxErrors: 1 });
    if (errors === undefined && operation === OperationTypeNode.SUBSCRIPTION) knownGood.add(values);
    return errors === undefined;
  }
}

function hasDirectives(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Directive() {
      found = true;
      return BREAK;
    },
  });
  return found;
}

/** The result as graphql-js would have written it: errors first, and each with its place in the document. */
function asExecuted(
  { errors, data }: { readonly errors: readonly GraphQLError[]; readonly data: Data | null | undefined },
  { document }: Operation,
): ExecutionResult {
  const source = document.loc?.source;
  return {
    errors: errors.map((error, index) => {
      // Nobody is told of it, only that it is one more.
      if (index >= MOST_ERRORS) return error;
      const { message, locations = [], path, originalError } = error;
      return new GraphQLError(message, {
        source,
        positions: source && locations.map((location) => positionOf(location, source.body)),
        path,
        // An error without a cause is a defect of ours.
        originalError: originalError ?? new Error(message),
      });
    }),
    ...(data !== undefined && { data }),
  };
}

/** Where in the text a line and column are; graphql-js makes them of this. */
function positionOf({ line, column }: SourceLocation, text: string): number {
  const breaks = text.matchAll(/\r\n|[\n\r]/g);
  let start = 0;
  for (let ahead = line; ahead > 1; ahead -= 1) {
    const { value } = breaks.next();
    if (value !== undefined) start = value.index + value[0].length;
  }
  return start + column - 1;
}
