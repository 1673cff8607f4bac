/**
 * How much one operation may ask for, counted on its document before it runs.
 *
 * Fragments are counted at every place that spreads them, as execution would, and measured once each, so that a
 * pyramid of fragments costs no more than its text.
 */
import {
  type ASTVisitor,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

export interface OperationLimits {
  /** Fields below each other. */
  readonly maxDepth: number;
  readonly maxAliases: number;
  /** Mutations in one operation. */
  readonly maxCommands: number;
}

/** How much an operation asks for. */
export interface OperationSize {
  /** Fields below each other on the longest path; introspection left out, which graphql-js bounds itself. */
  readonly depth: number;
  readonly aliases: number;
  /** Root fields. */
  readonly fields: number;
}

/** A validation rule that refuses operations above the limits. */
export function createLimitsRule(limits: OperationLimits) {
  return function OperationLimitsRule(context: ValidationContext): ASTVisitor {
    return {
      Document(document) {
        for (const problem of findProblems(document, limits)) context.reportError(problem);
        return undefined;
      },
    };
  };
}

function findProblems(document: DocumentNode, limits: OperationLimits): GraphQLError[] {
  const measure = createMeasure(document);
  return document.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return [];
    const { depth, aliases, fields } = measure(definition);
    const problems: string[] = [];
    if (depth > limits.maxDepth) {
      problems.push(`This operation is ${depth} fields deep, allowed are ${limits.maxDepth}.`);
    }
    if (aliases > limits.maxAliases) {
      problems.push(`This operation has ${aliases} aliases, allowed are ${limits.maxAliases}.`);
    }
    if (definition.operation === OperationTypeNode.MUTATION && fields > limits.maxCommands) {
      problems.push(`This operation sends ${fields} commands, allowed are ${limits.maxCommands}.`);
    }
    return problems.map((problem) => new GraphQLError(problem, { nodes: definition }));
  });
}

/**
 * Makes a function that measures the operations of a document.
 *
 * ```ts
 * createMeasure(parse('{ a: viewer { ...F } } fragment F on Viewer { id: extensionId }'))(operation)
 * // { depth: 2, aliases: 2, fields: 1 }
 * ```
 */
export function createMeasure(document: DocumentNode): (operation: OperationDefinitionNode) => OperationSize {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<string, OperationSize>();

  return (operation) => measure(operation.selectionSet);

  function measure(selectionSet: SelectionSetNode): OperationSize {
    let depth = 0;
    let aliases = 0;
    let fields = 0;
    for (const selection of selectionSet.selections) {
      if (selection.kind === Kind.FIELD) {
        const below = selection.selectionSet;
        const inside =
          below === undefined || isIntrospection(selection.name.value) ? NOTHING : measure(below);
        depth = Math.max(depth, 1 + inside.depth);
        aliases += inside.aliases + (selection.alias === undefined ? 0 : 1);
        fields += 1;
      } else {
        const part =
          selection.kind === Kind.INLINE_FRAGMENT
            ? measure(selection.selectionSet)
            : measureFragment(selection.name.value);
        depth = Math.max(depth, part.depth);
        aliases += part.aliases;
        fields += part.fields;
      }
    }
    return { depth, aliases, fields };
  }

  function measureFragment(name: string): OperationSize {
    const measured = known.get(name);
    if (measured !== undefined) return measured;
    // A fragment inside itself counts nothing here: validation refuses it by a rule of its own.
    known.set(name, NOTHING);
    const fragment = fragments.get(name);
    const size = fragment === undefined ? NOTHING : measure(fragment.selectionSet);
    known.set(name, size);
    return size;
  }
}

const NOTHING: OperationSize = { depth: 0, aliases: 0, fields: 0 };

/** Only a field can be one, and only a root field is valid: a fragment of this name hides nothing. */
function isIntrospection(field: string): boolean {
  return field === '__schema' || field === '__type';
}
