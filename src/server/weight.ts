/**
 * What an operation weighs, known before it runs: the values that its answer would have, with every list at the length
 * it has on a busy day, and every read of a call counted as so many values.
 *
 * ```text
 *   callSessions(ids: $ids) { id parties { id } }        3 ids
 *   └ 1 + 3 × (read 200 + itself 1 + id 1 + parties 1 + 10 × (itself 1 + id 1)) = 670
 * ```
 *
 * Depth and aliases say nothing of size: lists inside lists multiply. A field's `extensions` tell what the schema knows
 * of it: `usualLength` of its list, `countedBy` the argument that decides it, `pageOf` the number of items in a page of it,
 * `reads` for one that may ask the phone system, or the share of a request that it costs where many are read in one. What
 * has a resolver counts as ten. Directives lighten nothing, so that an operation weighs the same whatever its variables switch off.
 *
 * Each selection is measured once, however often a fragment is spread: the work grows with the text.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type ValueNode,
} from 'graphql';

import { BadUserInput } from '../../schema/failures.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** An operation that asks for more than may be asked at once. */
export class TooHeavy extends BadUserInput {
  override name = 'TooHeavy';
  readonly weight: number;
  readonly maxWeight: number;

  constructor(weight: number, maxWeight: number) {
    super(
      `This operation weighs ${weight}, allowed are ${maxWeight}: ask for fewer calls, or less of each. ` +
        'Lists inside lists multiply.',
    );
    this.weight = weight;
    this.maxWeight = maxWeight;
  }
}

/** Where the schema does not know better. */
const USUAL_LENGTH = 10; // items

/** The longest page that anybody is given. */
const LONGEST_PAGE = 200; // items

/** The longest list that decides the length of a list inside a list of the same kind. */
const LONGEST_LIST = 100; // items

/** What a read costs beside the values it brings: time, a connection, rate budget. */
const READ_WEIGHT = 200; // values

/** What a value costs that is not simply there: somebody is asked for it, and waited for. */
const WORKED_OUT = 10; // values

/** What is found of a selection. */
interface Measure {
  /** Its weight where no variable decides it. */
  readonly fixed: number;
  /** The weight of each item of the lists that variables bring or count, by the names of the variables. */
  readonly each: Items;
  /** Its values, with nothing of what is inside the lists below it. */
  readonly flat: number;
}

type Items = ReadonlyMap<string, Item>;

interface Item {
  readonly weight: number;
  /** How many there are where the variable says nothing. */
  readonly otherwise: number;
}

const NOTHING: Measure = { fixed: 0, each: new Map(), flat: 0 };

/** Measures the selections of the documents of one schema, each once. */
export interface Scales {
  /** What an operation weighs with these variables. */
  weigh(operation: OperationDefinitionNode, document: DocumentNode, variables: Variables): number;
  /** Values that one item of this list adds to an answer, without what is inside the lists below it. */
  valuesOf(list: FieldNode, type: GraphQLNamedType, fragments: Fragments): number;
}

type Fragments = Readonly<Record<string, FragmentDefinitionNode | undefined>>;

/** Makes the scales. What is measured is kept as long as its document. */
export function createScales(schema: GraphQLSchema): Scales {
  const known = new WeakMap<SelectionSetNode, Measure>();

  return {
    weigh(operation, document, variables) {
      const root = schema.getRootType(operation.operation);
      const { fixed, each } = measure(operation.selectionSet, root, () => fragmentsOf(document));
      let weight = fixed;
      for (const [name, item] of each) {
        weight += item.weight * lengthOf(variableOf(operation, name, variables), item.otherwise);
      }
      return weight;
    },
    valuesOf: ({ selectionSet }, type, fragments) =>
      1 + (selectionSet === undefined ? 0 : measure(selectionSet, type, () => fragments).flat),
  };

  function measure(
    selectionSet: SelectionSetNode,
    type: GraphQLNamedType | null | undefined,
    fragments: () => Fragments,
  ): Measure {
    const before = known.get(selectionSet);
    if (before !== undefined) return before;
    // A fragment inside itself counts nothing here: validation refuses it by a rule of its own.
    known.set(selectionSet, NOTHING);
    const all = fragments();
    const lookUp = () => all;
    let fixed = 0;
    let flat = 0;
    const each = new Map<string, Item>();
    for (const selection of selectionSet.selections) {
      const part =
        selection.kind === Kind.FIELD
          ? measureField(selection, type, lookUp)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? measure(selection.selectionSet, typeOf(selection.typeCondition) ?? type, lookUp)
            : measureFragment(all[selection.name.value], lookUp);
      fixed += part.fixed;
      flat += part.flat;
      for (const [name, { weight, otherwise }] of part.each) {
        const known = each.get(name) ?? { weight: 0, otherwise: 0 };
        const most = Math.max(known.otherwise, otherwise);
        each.set(name, { weight: known.weight + weight, otherwise: most });
      }
    }
    const measured = { fixed, each, flat };
    known.set(selectionSet, measured);
    return measured;
  }

  function measureFragment(fragment: FragmentDefinitionNode | undefined, fragments: () => Fragments) {
    if (fragment === undefined) return NOTHING;
    return measure(fragment.selectionSet, typeOf(fragment.typeCondition), fragments);
  }

  function measureField(
    node: FieldNode,
    parent: GraphQLNamedType | null | undefined,
    fragments: () => Fragments,
  ): Measure {
    const field = fieldOf(parent, node);
    if (field === undefined) return NOTHING;
    const type = getNamedType(field.type);
    const below = node.selectionSet ? measure(node.selectionSet, type, fragments) : NOTHING;
    const read = readWeight(field);
    if (typeof field.extensions.pageOf === 'string') return measurePage(node, field, below, read);
    if (!isListOfObjects(field.type)) {
      // What the schema tells of itself is there.
      const isThere =
        field.resolve === undefined ||
        field.extensions.inPlace === true ||
        isIntrospection(parent) ||
        isIntrospection(field);
      const itself = isThere ? 1 : WORKED_OUT;
      return { fixed: read + itself + below.fixed, each: below.each, flat: itself + below.flat };
    }
    const counted = countOf(node, field);
    if (counted === null) {
      const { fixed, ...more } = times(usualLengthOf(field), 1 + below.fixed, below.each);
      return { ...more, fixed: read + fixed };
    }
    if (typeof counted === 'string' && below.each.size === 0) {
      const item = { weight: read + 1 + below.fixed, otherwise: 1 };
      return { fixed: 1, each: new Map([[counted, item]]), flat: 1 };
    }
    return times(typeof counted === 'string' ? LONGEST_LIST : counted, read + 1 + below.fixed, below.each);
  }

  /** A page of a long list: read once, and what is asked of its items so often as there are. */
  function measurePage(
    node: FieldNode,
    field: GraphQLField<unknown, unknown>,
    below: Measure,
    read: number,
  ): Measure {
    const { pageOf, usualLength } = field.extensions;
    const otherwise = typeof usualLength === 'number' ? usualLength : USUAL_LENGTH;
    const argument = node.arguments?.find(({ name }) => name.value === pageOf)?.value;
    if (argument?.kind === Kind.VARIABLE && below.each.size === 0) {
      const item = { weight: 1 + below.fixed, otherwise };
      return { fixed: read + 1, each: new Map([[argument.name.value, item]]), flat: 1 };
    }
    const length =
      argument === undefined ? otherwise : argument.kind === Kind.INT ? Number(argument.value) : LONGEST_PAGE;
    const { fixed, each, flat } = times(pageLength(length), 1 + below.fixed, below.each);
    return { fixed: read + fixed, each, flat };
  }

  function fieldOf(type: GraphQLNamedType | null | undefined, { name: { value: name } }: FieldNode) {
    if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
    return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
  }

  function typeOf(condition: { readonly name: { readonly value: string } } | undefined) {
    return condition && schema.getType(condition.name.value);
  }
}

/** What asking the phone system weighs; where many ask in one request, the share of each. */
function readWeight({ extensions: { reads } }: GraphQLField<unknown, unknown>): number {
  if (typeof reads === 'number') return Math.ceil(READ_WEIGHT * reads);
  return reads === true ? READ_WEIGHT : 0;
}

function isIntrospection(named: { readonly name: string } | null | undefined): boolean {
  return named?.name.startsWith('__') === true;
}

/** The lists that an answer grows by. */
export function isListOfObjects(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type)) && isCompositeType(getNamedType(type));
}

/** A list of so many. */
function times(length: number, weight: number, each: Measure['each']): Measure {
  return {
    fixed: 1 + length * weight,
    each: new Map(
      [...each].map(([name, { weight, otherwise }]) => [name, { weight: length * weight, otherwise }]),
    ),
    flat: 1,
  };
}

function usualLengthOf({ extensions: { usualLength } }: GraphQLField<unknown, unknown>): number {
  return typeof usualLength === 'number' ? usualLength : USUAL_LENGTH;
}

/** How long an argument says that a list is, or the name of the variable that does; null: none decides it. */
function countOf(node: FieldNode, { extensions }: GraphQLField<unknown, unknown>): number | string | null {
  const argument = node.arguments?.find(({ name }) => name.value === extensions.countedBy);
  if (argument === undefined) return null;
  return argument.value.kind === Kind.VARIABLE ? argument.value.name.value : lengthOfLiteral(argument.value);
}

function lengthOfLiteral(value: ValueNode): number {
  return value.kind === Kind.LIST ? value.values.length : 1;
}

function lengthOf(value: unknown, otherwise: number): number {
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'number') return pageLength(value);
  return otherwise;
}

/** More than is given is refused for that, and not for its weight. */
function pageLength(asked: number): number {
  return Math.min(Math.max(asked, 1), LONGEST_PAGE);
}

/** What a variable brings: what was sent, or its default. */
function variableOf({ variableDefinitions }: OperationDefinitionNode, name: string, variables: Variables) {
  if (Object.hasOwn(variables, name)) return variables[name];
  const literal = variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue;
  if (literal?.kind === Kind.INT) return Number(literal.value);
  return literal?.kind === Kind.LIST ? literal.values : undefined;
}

function fragmentsOf(document: DocumentNode): Fragments {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return fragments;
}
