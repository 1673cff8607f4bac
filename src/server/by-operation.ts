/** What is worked out of an operation once, and kept as long as its document. */
import { type DocumentNode, getOperationAST, type OperationDefinitionNode } from 'graphql';

/** One operation of a document; without a name the only one. */
export interface OperationPlace {
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
}

/**
 * Makes a function that calls `make` the first time it meets an operation. It answers null, and remembers nothing, for one
 * that is not there: clients choose the names.
 */
export function onceByOperation<Value>(
  make: (operation: OperationDefinitionNode, document: DocumentNode) => Value,
): (place: OperationPlace) => Value | null {
  const values = new WeakMap<OperationDefinitionNode, { readonly value: Value }>();
  return ({ document, operationName }) => {
    const operation = getOperationAST(document, operationName);
    if (!operation) return null;
    let known = values.get(operation);
    if (known === undefined) {
      known = { value: make(operation, document) };
      values.set(operation, known);
    }
    return known.value;
  };
}
