/** What a client sends over a socket, as far as it is looked at before graphql-ws checks it. */

/**
 * Longest id of an operation, in bytes. It is repeated in each of its messages and kept as long as it runs. UUIDs, of which
 * the clients of graphql-ws, Apollo, urql and Relay make theirs, have 36, counters fewer; so there is room for a prefix.
 */
export const LONGEST_ID = 128;

/** A message that begins or ends an operation. */
export interface OperationMessage {
  readonly type: 'subscribe' | 'complete';
  id: string;
  payload?: unknown;
}

/** Null: it is no message, and graphql-ws says so. */
export function readMessage(text: string): object | null {
  try {
    const message: unknown = JSON.parse(text);
    return isObject(message) ? message : null;
  } catch {
    return null;
  }
}

/** Whether a message is about one operation; whatever else is wrong with it graphql-ws says. */
export function isAboutOperation(message: object | null): message is OperationMessage {
  if (message === null || !('type' in message && 'id' in message) || typeof message.id !== 'string')
    return false;
  return message.type === 'subscribe' || message.type === 'complete';
}

/** Why nothing can be said about an operation with this id; null when it can. graphql-ws takes an empty one, and throws later. */
export function problemOf(id: string): string | null {
  if (id === '') return 'Invalid message received';
  return Buffer.byteLength(id) > LONGEST_ID
    ? `The id of an operation is longer than ${LONGEST_ID} bytes`
    : null;
}

/** An operation that is named instead of told: the protocol asks for a text all the same. */
export function withText({ payload }: OperationMessage): void {
  if (!isObject(payload) || 'query' in payload) return;
  if ('documentId' in payload || 'id' in payload || 'extensions' in payload)
    Object.assign(payload, { query: '' });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
