/**
 * What people say of themselves: that they are not to be disturbed, and of which queues they take calls. It is the part
 * of presence that no call decides.
 */
import { extensionById } from '../account.ts';
import { LOGGED_OUT, type Queue } from './groups.ts';

export const USER_STATUSES = ['Offline', 'Busy', 'Available'] as const;
export const DND_STATUSES = [
  'TakeAllCalls',
  'DoNotAcceptDepartmentCalls',
  'TakeDepartmentCallsOnly',
  'DoNotAcceptAnyCalls',
] as const;
export type DndStatus = (typeof DND_STATUSES)[number];

/** What somebody has set. */
export interface Status {
  readonly userStatus: (typeof USER_STATUSES)[number];
  readonly dndStatus: DndStatus;
  /** Null: nothing written. */
  readonly message: string | null;
  readonly allowSeeMyPresence: boolean;
  readonly ringOnMonitoredCall: boolean;
  readonly pickUpCallsOnHold: boolean;
}

export interface Staff {
  statusOf(extensionId: string): Status;
  /** Changes some of it. */
  set(extensionId: string, changes: Partial<Status>): Status;
  /** Whether somebody takes calls of this queue, as far as it is up to this queue. */
  isLoggedIn(queueId: string, extensionId: string): boolean;
  logIn(queueId: string, extensionId: string, accepts: boolean): void;
  /** Hears of every change. */
  onChange(listener: (change: StaffChange) => void): void;
  reset(): void;
}

/** Somebody has come or gone: at one queue, or by what they set for all. */
export interface StaffChange {
  readonly extensionId: string;
  /** Null: the status has changed. */
  readonly queueId: string | null;
  /** The status before it. */
  readonly before: Status;
}

export function createStaff(): Staff {
  const statuses = new Map<string, Status>();
  const loggedOut = new Set<string>();
  const listeners: ((change: StaffChange) => void)[] = [];
  const keyOf = (queueId: string, extensionId: string) => `${queueId} ${extensionId}`;
  const tell = (change: StaffChange) => {
    for (const listener of listeners) listener(change);
  };
  const statusOf = (extensionId: string) => statuses.get(extensionId) ?? initial(extensionId);
  function reset(): void {
    statuses.clear();
    loggedOut.clear();
    for (const [queueId, extensionId] of LOGGED_OUT) loggedOut.add(keyOf(queueId, extensionId));
  }
  reset();

  return {
    statusOf,
    set(extensionId, changes) {
      const before = statusOf(extensionId);
      const after = { ...before, ...changes };
      if (KEYS.every((key) => before[key] === after[key])) return before;
      statuses.set(extensionId, after);
      tell({ extensionId, queueId: null, before });
      return after;
    },
    isLoggedIn: (queueId, extensionId) => !loggedOut.has(keyOf(queueId, extensionId)),
    logIn(queueId, extensionId, accepts) {
      const key = keyOf(queueId, extensionId);
      if (accepts ? !loggedOut.delete(key) : loggedOut.has(key)) return;
      if (!accepts) loggedOut.add(key);
      tell({ extensionId, queueId, before: statusOf(extensionId) });
    },
    onChange(listener) {
      listeners.push(listener);
    },
    reset,
  };
}

/** Whether somebody takes calls of queues at all, as far as it is up to them. */
export function takesQueueCalls({ dndStatus }: Pick<Status, 'dndStatus'>): boolean {
  return dndStatus === 'TakeAllCalls' || dndStatus === 'TakeDepartmentCallsOnly';
}

/** Whether their own calls ring them. */
export function takesOwnCalls({ dndStatus }: Pick<Status, 'dndStatus'>): boolean {
  return dndStatus === 'TakeAllCalls' || dndStatus === 'DoNotAcceptDepartmentCalls';
}

/** The same for their own calls, and for those of queues as it is said. */
export function withQueueCalls(status: Pick<Status, 'dndStatus'>, accepts: boolean): DndStatus {
  if (takesOwnCalls(status)) return accepts ? 'TakeAllCalls' : 'DoNotAcceptDepartmentCalls';
  return accepts ? 'TakeDepartmentCallsOnly' : 'DoNotAcceptAnyCalls';
}

/** The agents of a queue whom its calls may ring, whether they are on the phone or not. */
export function agentsOf({ extension, members }: Queue, staff: Staff): Queue['members'] {
  return members.filter(
    ({ id, status }) =>
      status === 'Enabled' && takesQueueCalls(staff.statusOf(id)) && staff.isLoggedIn(extension.id, id),
  );
}

const KEYS = [
  'userStatus',
  'dndStatus',
  'message',
  'allowSeeMyPresence',
  'ringOnMonitoredCall',
  'pickUpCallsOnHold',
] as const satisfies readonly (keyof Status)[];

function initial(extensionId: string): Status {
  const { status, hidesPresence = false } = extensionById(extensionId) ?? {};
  return {
    userStatus: status === 'Enabled' ? 'Available' : 'Offline',
    dndStatus: 'TakeAllCalls',
    message: null,
    allowSeeMyPresence: !hidesPresence,
    ringOnMonitoredCall: false,
    pickUpCallsOnHold: false,
  };
}
