/**
 * The last step of the fast path: the frames of a subscription, written once and sent to many.
 *
 * graphql-ws turns each result into JSON for each subscriber. Here the result is turned into text once, however many
 * subscribers share it, and each frame only puts the subscriber's own id in front.
 */
import type { ExecutionResult } from 'graphql';

/** The JSON of a shared result. */
const texts = new WeakMap<ExecutionResult, string>();

/**
 * Sends the results of `stream` as `next` messages of the operation `id`, and answers a stream that brings nothing but
 * its end. graphql-ws reads that one, so everything else of the protocol stays with it.
 *
 * @param send resolves when the socket takes more.
 */
export function sendDirectly(
  stream: AsyncIterableIterator<ExecutionResult>,
  id: string,
  send: (text: string) => Promise<void> | void,
): AsyncIterableIterator<ExecutionResult> {
  const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      for (;;) {
        const step = await stream.next();
        if (step.done) return step;
        const sent = send(`${head}${textOf(step.value)}}`);
        if (sent !== undefined) await sent;
      }
    },
    async return() {
      await stream.return?.();
      return { done: true, value: undefined };
    },
  };
}

function textOf(result: ExecutionResult): string {
  let text = texts.get(result);
  if (text === undefined) {
    const { errors, ...rest } = result;
    text = JSON.stringify(errors === undefined ? rest : { ...rest, errors });
    texts.set(result, text);
  }
  return text;
}
