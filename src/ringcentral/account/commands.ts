/**
 * What people say of themselves: that they are not to be disturbed, and of which queues they take calls. Sent once; what
 * became of it is told as it is.
 *
 * ```text
 *   command ──► sent once ──► 2xx ─────────────────► APPLIED      the answered state, read where the answer shows none
 *                  ├────────► 4xx, never sent ─────► NOT_APPLIED  typed error, the state as it is
 *                  └────────► timeout, reset, 5xx
 *                                 └─► read again ─► as it was wished  APPLIED
 *                                              └─► anything else      UNKNOWN, the state as it is
 * ```
 */
import type { Presence, QueueAvailability } from '../../../schema/account/model.ts';
import type {
  AccountCommand,
  AccountProvider,
  PresenceResult,
  PresenceWish,
  QueueAvailabilityResult,
  QueueAvailabilityWish,
} from '../../../schema/account/provider.ts';
import { CallControlFailure, Unauthenticated } from '../../../schema/failures.ts';
import type { CommandReport } from '../../../schema/telling.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { Caller, Lane } from '../../upstream/caller.ts';
import { inDoubtBecause, isAmbiguous, wasAnswered } from '../../upstream/doubt.ts';
import type { IdempotencyKeys } from '../../upstream/idempotency.ts';
import type { AccountClient } from './client.ts';

export interface AccountCommandsParts {
  readonly client: AccountClient;
  readonly keys: IdempotencyKeys;
  readonly metrics: Metrics;
}

/** Who commands. */
export interface AccountCommander {
  readonly viewerId: string;
  readonly caller: Caller;
  readonly requestId: string;
}

/** A command on its way: what sends it, what shows the state, and whether the state is as it was wished. */
interface Errand<State> {
  send(): Promise<State | null>;
  read(lane: Lane): Promise<State>;
  isDone(state: State): boolean;
}

/** What became of it, and the state as now known. */
interface Outcome<State> extends CommandReport {
  readonly state: State | null;
}

/** Makes the commands of one operation. */
export function createAccountCommands(
  parts: AccountCommandsParts,
  { viewerId, caller, requestId }: AccountCommander,
): Pick<AccountProvider, 'setPresence' | 'setQueueAvailability'> {
  const { client, keys, metrics } = parts;

  return {
    async setPresence(wish, key) {
      const run = async (): Promise<PresenceResult> => {
        const { state, ...report } = await carryOut(presenceErrand(wish));
        return { ...report, presence: state };
      };
      return counted(wish, await keys.once(viewerId, key, wish, run, { presence: null }));
    },

    async setQueueAvailability(wish, key) {
      const { extensionId } = wish;
      const run = async (): Promise<QueueAvailabilityResult> => {
        const { state, ...report } = await carryOut(availabilityErrand(wish));
        return { ...report, extensionId, queues: state };
      };
      const unknown = { extensionId, queues: null };
      return counted(wish, await keys.once(viewerId, key, wish, run, unknown));
    },
  };

  function presenceErrand(wish: PresenceWish): Errand<Presence> {
    return {
      send: () => client.updatePresence(caller, wish, { requestId }),
      read: async (lane) => (await client.readPresence(caller, wish.extensionId, { lane, requestId })).value,
      isDone: (presence) => isAsWished(presence, wish),
    };
  }

  function availabilityErrand(wish: QueueAvailabilityWish): Errand<readonly QueueAvailability[]> {
    return {
      send: () => client.updateAvailability(caller, wish, { requestId }),
      read: async (lane) =>
        (await client.readAvailability(caller, wish.extensionId, { lane, requestId })).value,
      isDone: (queues) => wish.queues.every((wanted) => accepts(queues, wanted)),
    };
  }

  function counted<Result extends CommandReport>({ name }: AccountCommand, result: Result): Result {
    metrics.commands.inc({ command: name, outcome: result.replayed ? 'replayed' : result.outcome });
    return result;
  }
}

async function carryOut<State>(errand: Errand<State>): Promise<Outcome<State>> {
  try {
    const state = (await errand.send()) ?? (await look(errand, 'query'));
    return { outcome: 'APPLIED', replayed: false, error: null, state };
  } catch (error) {
    if (!(error instanceof CallControlFailure) || error instanceof Unauthenticated) throw error;
    if (isAmbiguous(error)) return inDoubt(errand, error);
    const state = wasAnswered(error) ? await look(errand, 'query') : null;
    return { outcome: 'NOT_APPLIED', replayed: false, error, state };
  }
}

async function inDoubt<State>(errand: Errand<State>, error: CallControlFailure): Promise<Outcome<State>> {
  const state = await look(errand, 'command');
  if (state !== null && errand.isDone(state))
    return { outcome: 'APPLIED', replayed: false, error: null, state };
  const doubt = state === null ? 'it could not be read again' : 'what RingCentral shows is not so (yet)';
  return { outcome: 'UNKNOWN', replayed: false, error: inDoubtBecause(error, doubt), state };
}

/** The state as RingCentral tells it now; null where it cannot be read, which is no failure of the command. */
async function look<State>({ read }: Errand<State>, lane: Lane): Promise<State | null> {
  try {
    return await read(lane);
  } catch (error) {
    if (error instanceof CallControlFailure) return null;
    throw error;
  }
}

function isAsWished(presence: Presence, { dndStatus, userStatus, message }: PresenceWish): boolean {
  return (
    (dndStatus === undefined || presence.dndStatus === dndStatus) &&
    (userStatus === undefined || presence.userStatus === userStatus) &&
    (message === undefined || (presence.message ?? '') === message)
  );
}

function accepts(queues: readonly QueueAvailability[], wanted: QueueAvailability): boolean {
  return queues.some(
    ({ queueId, acceptsCalls }) => queueId === wanted.queueId && acceptsCalls === wanted.acceptsCalls,
  );
}
