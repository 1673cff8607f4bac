/** Operations of the schema, drawn by chance: valid ones mostly, and then with something wrong about them. */
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Chance } from './chance.ts';
import { ODD_TEXTS, oddValue, spoilText, spoilValue } from './oddities.ts';

export interface Drawn {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

export type Kind = 'query' | 'mutation' | 'subscription';

/** The ids of one call that exists. */
export interface Address {
  readonly sessionId: string;
  readonly partyId: string;
  readonly recordingId: string;
}

/** What an operation is drawn from. */
export interface DrawParts {
  readonly schema: GraphQLSchema;
  readonly chance: Chance;
  /** Calls to act on; at least one. */
  readonly calls: readonly Address[];
}

const DEEPEST = 6; // levels
const PIECES = [
  ...ODD_TEXTS,
  '{',
  '}',
  '(',
  ')',
  '"""',
  '...',
  '@include(if: $no)',
  '@skip(if: true)',
  '@defer',
  '$',
  '!',
  '#',
  '\ufeff',
];

/** Draws an operation of a kind. */
export function drawOperation(kind: Kind, { schema, chance, calls }: DrawParts): Drawn {
  const call = chance.of(calls);
  const declared: string[] = [];
  const fragments: string[] = [];
  const variables: Record<string, unknown> = {};

  const root = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  }[kind];
  const fields = Object.values(root?.getFields() ?? {});
  const count = kind === 'query' ? 1 + chance.whole(3) : chance.happens(0.05) ? 2 : 1;
  const selected = Array.from({ length: count }, (_, index) => {
    const alias =
      index > 0 || chance.happens(0.1) ? `${chance.of(['a', 'b', '_', 'aVeryLongName'])}${index}: ` : '';
    return alias + select(chance.of(fields), 1);
  });
  if (kind === 'query' && chance.happens(0.05)) selected.push(INTROSPECTION);
  const name = chance.happens(0.7) ? chance.of(['Desk', 'Wallboard', 'A', '__x', 'x'.repeat(200)]) : '';
  const head = declared.length > 0 ? `(${declared.join(', ')})` : '';
  const operation = `${kind} ${name}${head} { ${selected.join(' ')} }`;
  const parts = [
    operation,
    ...fragments,
    ...(chance.happens(0.04) ? ['query Other { viewer { name } }'] : []),
  ];
  const query = parts.join('\n');
  return {
    query: chance.happens(0.12) ? spoilText(query, chance, PIECES) : query,
    variables: chance.happens(0.12) ? (oddVariables(variables) as Drawn['variables']) : variables,
    ...(chance.happens(0.04) && {
      operationName: chance.of([name, 'Other', '', 'constructor', 'x'.repeat(5_000)]),
    }),
  };

  function select(field: GraphQLField<unknown, unknown>, depth: number): string {
    const given = field.args
      .filter((argument) => isNonNullType(argument.type) || chance.happens(0.6))
      .map((argument) => `${argument.name}: ${give(argument)}`);
    const directive = chance.happens(0.04)
      ? chance.of([' @skip(if: true)', ' @include(if: false)', ' @include(if: true)'])
      : '';
    return (
      field.name + (given.length > 0 ? `(${given.join(', ')})` : '') + directive + below(field.type, depth)
    );
  }

  function below(type: GraphQLOutputType, depth: number): string {
    const named = getNamedType(type);
    if (!isCompositeType(named)) return '';
    const own = isAbstractType(named) ? schema.getPossibleTypes(named) : [named];
    const inside = own
      .filter(() => own.length === 1 || chance.happens(0.7))
      .map((one) => {
        const chosen = Object.values(one.getFields())
          .filter(
            (field) => (depth < DEEPEST || !isCompositeType(getNamedType(field.type))) && chance.happens(0.4),
          )
          .map((field) => select(field, depth + 1));
        const text = `__typename ${chosen.join(' ')}`;
        if (!isAbstractType(named) && chance.happens(0.9)) return text;
        if (chance.happens(0.7)) return `... on ${one.name} { ${text} }`;
        const fragment = `F${fragments.length}`;
        const again = chance.happens(0.02) ? ` ...${fragment}` : '';
        fragments.push(`fragment ${fragment} on ${one.name} { ${text}${again} }`);
        return `...${fragment}`;
      });
    return ` { __typename ${inside.join(' ')} }`;
  }

  function give(argument: GraphQLArgument): string {
    const value = valueFor(argument);
    if (!hasInput(argument.type) && chance.happens(0.4)) return literal(value, argument.type);
    const variable = `v${declared.length}`;
    declared.push(`$${variable}: ${argument.type}`);
    variables[variable] = value;
    return `$${variable}`;
  }

  function valueFor({ name, type }: GraphQLArgument | GraphQLInputField): unknown {
    const needed = isNonNullType(type);
    if (!needed && chance.happens(0.05)) return null;
    return drawnOf(getNullableType(type), name);
  }

  function drawnOf(type: GraphQLInputType, name: string): unknown {
    if (isListType(type)) {
      const length = chance.happens(0.03) ? 40 : chance.whole(4);
      return Array.from({ length }, () => drawnOf(getNullableType(type.ofType), name));
    }
    if (isEnumType(type)) return chance.happens(0.03) ? 'NO_SUCH' : chance.of(type.getValues()).name;
    if (isInputObjectType(type)) {
      const all = Object.values(type.getFields());
      if (type.isOneOf) {
        const taken = Array.from({ length: chance.happens(0.05) ? 2 : 1 }, () => chance.of(all));
        return Object.fromEntries(
          taken.map((field) => [field.name, drawnOf(getNullableType(field.type), field.name)]),
        );
      }
      const taken = all.filter((field) => isNonNullType(field.type) || chance.happens(0.4));
      return Object.fromEntries(taken.map((field) => [field.name, valueFor(field)]));
    }
    return scalarOf(getNamedType(type).name, name);
  }

  function scalarOf(type: string, name: string): unknown {
    if (chance.happens(0.06)) return oddValue(chance);
    switch (type) {
      case 'Boolean':
        return chance.happens(0.5);
      case 'Int':
      case 'Float':
        return chance.of([0, 1, 5, -1, 2_147_483_647, 1e300, 0.5]);
      default:
        return textFor(name);
    }
  }

  function textFor(name: string): string {
    if (chance.happens(0.08)) return chance.of(ODD_TEXTS);
    if (name === 'sessionId' || name === 'id' || name === 'ids')
      return chance.happens(0.8) ? call.sessionId : call.partyId;
    if (name === 'partyId') return call.partyId;
    if (name === 'recordingId') return call.recordingId;
    if (name === 'deviceId' || name === 'supervisorDeviceId') return '801100004';
    if (name === 'idempotencyKey') return chance.of(['k-1', 'k-2', 'k-3', `k-${chance.whole(1_000_000)}`]);
    return chance.of(['102', '+12025550199', '701002004', '*801', '2', 'I call you back.']);
  }

  function oddVariables(given: Record<string, unknown>): unknown {
    const more = Object.fromEntries(
      Array.from({ length: chance.whole(30) }, (_, index) => [`more${index}`, oddValue(chance)]),
    );
    return chance.of([
      () => spoilValue(given, chance, 0.3),
      () => ({ ...given, ...more }),
      () => oddValue(chance),
      () => ({}),
    ])();
  }
}

const INTROSPECTION =
  '__schema { types { name fields { name type { name ofType { name ofType { name } } } } } }';

function hasInput(type: GraphQLInputType): boolean {
  return isInputObjectType(getNamedType(type));
}

/** As it is written in a document; what cannot be is written anyhow. */
function literal(value: unknown, type: GraphQLInputType): string {
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, type)).join(', ')}]`;
  if (isEnumType(getNamedType(type))) return String(value);
  return JSON.stringify(value) ?? 'null';
}
