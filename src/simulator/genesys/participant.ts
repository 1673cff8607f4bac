/** Whoever takes part in a conversation: what a leg is, what can be said of it, and what it is when it has ended. Pure. */

export interface Wrapup {
  readonly code: string;
  readonly notes: string | null;
  readonly tags: readonly string[];
  readonly durationSeconds: number | null;
  readonly endTime: number;
  /** Saved, and not yet the last word. */
  readonly provisional: boolean;
}

/** One leg: somebody with one phone, in one conversation. */
export interface Participant {
  readonly id: string;
  /** Of its one communication. */
  readonly communicationId: string;
  /** `customer`, `ivr`, `acd`, `agent`, `user`, `external`, `voicemail`. */
  readonly purpose: string;
  /** One of those that are published, unless a test moved it to another. */
  readonly state: string;
  readonly direction: 'inbound' | 'outbound';
  readonly name: string | null;
  readonly address: string | null;
  readonly ani: string | null;
  readonly dnis: string | null;
  readonly userId: string | null;
  readonly queueId: string | null;
  readonly externalContactId: string | null;
  readonly startTime: number;
  readonly startAlertingTime: number | null;
  readonly connectedTime: number | null;
  readonly endTime: number | null;
  readonly startHoldTime: number | null;
  readonly startAcwTime: number | null;
  readonly endAcwTime: number | null;
  readonly bargedTime: number | null;
  readonly alertingTimeoutMs: number | null;
  readonly disconnectType: string | null;
  readonly held: boolean;
  readonly muted: boolean;
  readonly confined: boolean;
  /** Recorded because somebody pressed a button. */
  readonly recording: boolean;
  readonly snippet: boolean;
  readonly securePause: boolean;
  readonly wrapupRequired: boolean;
  readonly wrapupPrompt: string | null;
  readonly wrapupTimeoutMs: number | null;
  readonly wrapupSkipped: boolean;
  readonly wrapup: Wrapup | null;
  /** The communication at the other end. */
  readonly peer: string | null;
  /** During a consultation, of who asks and of who is asked: who is asked. */
  readonly consultParticipantId: string | null;
  readonly monitoredParticipantId: string | null;
  readonly coachedParticipantId: string | null;
  readonly bargedParticipantId: string | null;
  readonly mediaRoles: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  readonly flaggedReason: string | null;
  readonly uuiData: string | null;
  /** Every key that was pressed for it. */
  readonly digits: string;
  /** Of an ivr: the queue that it leads to. */
  readonly wantedQueueId: string | null;
  /** Of an ivr or an acd: the user who shall be alerted first. */
  readonly wantedUserId: string | null;
  /** Facts that nothing here depends on, as they are sent: `faxStatus`, `script`, `disposition`. */
  readonly extras: Readonly<Record<string, unknown>>;
}

/** What makes a new leg: whatever is left out is nobody's and nothing. */
export type NewLeg = Partial<Participant> &
  Pick<Participant, 'id' | 'communicationId' | 'purpose' | 'state' | 'direction'>;

export function newParticipant(leg: NewLeg, at: number): Participant {
  return {
    ...NOTHING,
    startTime: at,
    startAlertingTime: leg.state === 'alerting' ? at : null,
    connectedTime: leg.state === 'connected' ? at : null,
    ...leg,
  };
}

const NOTHING = {
  ...{
    name: null,
    address: null,
    ani: null,
    dnis: null,
    userId: null,
    queueId: null,
    externalContactId: null,
  },
  ...{ endTime: null, startHoldTime: null, startAcwTime: null, endAcwTime: null, bargedTime: null },
  ...{ alertingTimeoutMs: null, disconnectType: null, held: false, muted: false, confined: false },
  ...{ recording: false, snippet: false, securePause: false, wrapupRequired: false, wrapupPrompt: null },
  ...{ wrapupTimeoutMs: null, wrapupSkipped: false, wrapup: null, peer: null, consultParticipantId: null },
  ...{
    monitoredParticipantId: null,
    coachedParticipantId: null,
    bargedParticipantId: null,
    mediaRoles: ['full'],
  },
  ...{ attributes: {}, flaggedReason: null, uuiData: null, digits: '', extras: {} },
  ...{ wantedQueueId: null, wantedUserId: null },
} as const;

/** Takes somebody off the line, or puts them back on it. */
export function holding(one: Participant, held: boolean, at: number): Participant {
  if (one.held === held) return one;
  return { ...one, held, startHoldTime: held ? at : null };
}

/** In the call now, talking or being called. */
export function isPresent({ state }: Participant): boolean {
  return state !== 'disconnected' && state !== 'terminated';
}

export function isConnected({ state }: Participant): boolean {
  return state === 'connected';
}

/** Being called, or calling somebody who has not answered. */
export function isWaiting({ state }: Participant): boolean {
  return state === 'alerting' || state === 'dialing' || state === 'contacting' || state === 'offering';
}

/** Has left, and has not yet said what the call was about. */
export function owesWork({ state, startAcwTime, endAcwTime }: Participant): boolean {
  return state === 'disconnected' && startAcwTime !== null && endAcwTime === null;
}

/** Listens, and is no end of the call. */
export function isSupervising({ monitoredParticipantId, coachedParticipantId }: Participant): boolean {
  return monitoredParticipantId !== null || coachedParticipantId !== null;
}

/** What somebody is who has left. */
export function left(one: Participant, disconnectType: string, at: number): Participant {
  const owes =
    one.wrapupRequired && one.connectedTime !== null && (one.wrapup === null || one.wrapup.provisional);
  return {
    ...one,
    ...{ state: owes ? 'disconnected' : 'terminated', endTime: at, disconnectType },
    ...{
      held: false,
      startHoldTime: null,
      confined: false,
      recording: false,
      snippet: false,
      securePause: false,
    },
    ...(owes && { startAcwTime: at }),
  };
}
