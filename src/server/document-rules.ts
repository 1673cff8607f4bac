/** What an operation may be, beyond the rules of graphql-js. */
import { type ASTVisitor, GraphQLError, Kind, type SelectionSetNode, type ValidationContext } from 'graphql';

/**
 * A subscription always has its one root field: what is left out by a directive leaves nothing to subscribe to.
 * See: https://spec.graphql.org/September2025/#sec-Single-Root-Field
 */
export function UnconditionalSubscriptionRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition({ operation, selectionSet }) {
      if (operation === 'subscription') look(selectionSet, new Set());
    },
  };

  function look({ selections }: SelectionSetNode, spread: Set<string>): void {
    for (const selection of selections) {
      for (const directive of selection.directives ?? []) {
        const { value } = directive.name;
        if (value !== 'skip' && value !== 'include') continue;
        const problem = `A subscription cannot have @${value} at its root: it would be one to nothing.`;
        context.reportError(new GraphQLError(problem, { nodes: directive }));
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        look(selection.selectionSet, spread);
      } else if (selection.kind === Kind.FRAGMENT_SPREAD && !spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        const fragment = context.getFragment(selection.name.value);
        if (fragment) look(fragment.selectionSet, spread);
      }
    }
  }
}

/**
 * Reads or judges a document that may be nested as deep as its tokens allow, which can be deeper than the stack.
 * @throws {GraphQLError} then.
 */
export function withinStack<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new GraphQLError('The operation is nested too deep to be read.');
    throw error;
  }
}
