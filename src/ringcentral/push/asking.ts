/** What a listener asks RingCentral for over its socket, inside the rate budget like everything else. */
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Budget } from '../../upstream/budget.ts';
import type { Caller } from '../../upstream/caller.ts';
import { checkBody, pathOf } from '../../upstream/checks.ts';
import type { Permit } from '../../upstream/gate.ts';
import { OPERATIONS, type Operation } from '../operations.ts';
import { noticeOf } from '../system.ts';
import { asRaw } from './answers.ts';
import type { PushSocket, SocketAnswer } from './socket.ts';

export interface AskingParts {
  readonly caller: Caller;
  readonly budget: Budget;
  readonly metrics: Metrics;
  /** Ends the waiting for room in the budget. */
  readonly signal: AbortSignal;
  /** The socket that is listened to; null: none is. */
  readonly socket: () => PushSocket | null;
}

/** One question. */
export interface Question {
  readonly operation: Operation;
  readonly ids?: Readonly<Record<string, string>>;
  readonly body?: object | undefined;
  /** Called as the answer is read, before anything that comes after it. */
  readonly onAnswer?: (answer: SocketAnswer) => void;
}

export interface Asking {
  /** Asks over the socket; null when there is no answer. */
  ask(question: Question): Promise<SocketAnswer | null>;
  /** Gives a subscription back, so that it is not counted for the rest of its day, and hangs up. */
  sayGoodbye(open: PushSocket, subscriptionId: string | null): Promise<void>;
}

const PATIENCE = 5_000; // 5 seconds, for the rate budget
const GOODBYE = 2_000; // 2 seconds

/** Makes it, for one listener. */
export function createAsking({ caller, budget, metrics, signal, socket }: AskingParts): Asking {
  return {
    async ask({ operation, ids = {}, body, onAnswer }) {
      const open = socket();
      if (body !== undefined) checkBody(operation, body);
      const path = pathOf(operation, ids);
      let permit: Permit;
      try {
        permit = await budget.enter({ ...entryOf(operation, PATIENCE), signal });
      } catch {
        return null;
      }
      if (open === null || open !== socket() || !permit.depart()) {
        permit.cancel();
        return null;
      }
      return new Promise((resolve) => {
        open.request({ method: operation.method, path, ...(body !== undefined && { body }) }, (answer) => {
          permit.settle(answer === null ? null : noticeOf(operation, asRaw(answer)));
          metrics.upstreamRequests.inc({
            operation: operation.id,
            status: answer === null ? 'network' : String(answer.status),
            lane: 'query',
          });
          if (answer !== null) onAnswer?.(answer);
          resolve(answer);
        });
      });
    },

    async sayGoodbye(open, subscriptionId) {
      const operation = OPERATIONS.deleteSubscription;
      const permit = subscriptionId === null ? null : await roomForGoodbye(operation);
      if (subscriptionId === null || permit === null) {
        open.close();
        return;
      }
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(giveUp);
          open.close();
          resolve();
        };
        const giveUp = setTimeout(done, GOODBYE).unref();
        open.request({ method: operation.method, path: pathOf(operation, { subscriptionId }) }, (answer) => {
          permit.settle(answer && noticeOf(operation, asRaw(answer)));
          done();
        });
      });
    },
  };

  function entryOf({ group }: Operation, patience: number) {
    return { bucket: caller.bucket, share: caller.share, group, lane: 'query', patience } as const;
  }

  async function roomForGoodbye(operation: Operation): Promise<Permit | null> {
    const permit = await budget.enter(entryOf(operation, 0)).catch(() => null);
    return permit?.depart() === true ? permit : null;
  }
}
