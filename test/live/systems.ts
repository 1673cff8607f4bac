/**
 * The phone systems in memory: how a call and who takes part in it look in each, in one small vocabulary, so that one suite
 * runs over all of them. Codes are RingCentral's; here stands what another system calls the same.
 */
import type { CallConversation, CallMediaParticipant } from '../../schema/genesys/model.ts';
import type { CallParty, CallSession, PartyStatus, PartyStatusCode } from '../../schema/model.ts';
import type { SnapshotReason, StreamNoticeKind } from '../../schema/provider.ts';
import type { GenesysKind } from '../../src/genesys/call-kind.ts';
import { GENESYS_CALLS } from '../../src/genesys/call-shape.ts';
import { laidOver } from '../../src/genesys/laying-over.ts';
import type { CallShape, Kind } from '../../src/live/shape.ts';
import type { CallNews } from '../../src/live/source.ts';
import type { RingCentralKind } from '../../src/ringcentral/call-kind.ts';
import { RINGCENTRAL_CALLS } from '../../src/ringcentral/call-shape.ts';
import { aConversation, anEntity, aParticipant } from '../schema/fake-conversations.ts';

/** The call that most tests are about. */
export const SESSION = 's-1';

/** What changes of a party beside its code. */
export interface Changes {
  readonly muted?: boolean | null;
  /** Which of its states it is, where a test counts them. */
  readonly version?: number;
}

/** What came of an event, in the vocabulary of the tests. */
export type Said<K extends Kind> =
  | { readonly type: 'snapshot'; readonly reason: SnapshotReason; readonly call: K['Call'] }
  | {
      readonly type: 'change';
      readonly party: K['Party'];
      /** The code that it had before; null: it was not there. */
      readonly before: PartyStatusCode | null;
      readonly skipped: number;
      readonly call: K['Call'];
    }
  | { readonly type: 'notice'; readonly notice: StreamNoticeKind };

/** What happened to one party. */
export interface Happened<K extends Kind> {
  readonly call: K['Call'];
  readonly partyId: string;
  /** Counts the changes of the call. */
  readonly sequence: number;
  /** By the phone system's clock, epoch milliseconds. */
  readonly at: number;
}

/** A phone system in memory. */
export interface InMemory<K extends Kind, More extends Changes = Changes> {
  readonly shape: CallShape<K>;
  /** Milliseconds within which a change is told to whoever watches, when nothing is in the way. */
  readonly soon: number;
  /** How late news come at most, for their order to be found out; milliseconds. */
  readonly disorder: number;
  /** Whether what a lost socket missed can be told afterwards. */
  readonly recovers: boolean;
  /** How long nothing may happen for each of two states to be told; milliseconds. */
  readonly apart: number;
  party(id: string, code: PartyStatusCode, more?: More & { readonly isOwn?: boolean }): K['Party'];
  call(parties: readonly K['Party'][], more?: Partial<K['Call']>): K['Call'];
  /** A party as it is once it has this code. */
  changed(party: K['Party'], code: PartyStatusCode, more: More): K['Party'];
  /** False where it never happens to whoever has the code `before`. */
  follows(before: PartyStatusCode, after: PartyStatusCode): boolean;
  codeOf(party: K['Party']): PartyStatusCode;
  isMuted(party: K['Party']): boolean | null;
  /** What tells one hold from the next; null where nothing does. */
  heldSince(party: K['Party']): number | null;
  versionOf(party: K['Party']): number;
  isOwn(party: K['Party']): boolean;
  news(happened: Happened<K>): CallNews<K>;
  said(event: K['Event']): Said<K>;
  updated(update: K['Update']): { readonly party: K['Party']; readonly call: K['Call'] };
  /** False where parties are neither read nor answered by commands one by one. */
  readonly hasParties: boolean;
}

/** A status with nothing in it but its code. */
export function status(code: PartyStatusCode, more: Partial<PartyStatus> = {}): PartyStatus {
  return {
    code,
    rawCode: code,
    reason: null,
    rawReason: null,
    description: null,
    parkData: null,
    peerId: null,
    mobilePickupData: null,
    rcc: null,
    ...more,
  };
}

/** A party of {@link SESSION}. */
export function party(id: string, code: PartyStatusCode, more: Partial<CallParty> = {}): CallParty {
  return {
    id,
    sessionId: SESSION,
    accountId: null,
    extensionId: null,
    attributes: null,
    status: status(code),
    muted: false,
    standAlone: null,
    park: null,
    from: null,
    to: null,
    owner: null,
    direction: null,
    conferenceRole: null,
    ringOutRole: null,
    ringMeRole: null,
    recordings: [],
    metadata: [],
    observedAt: 0,
    ...more,
  };
}

/** A call with these parties. */
export function session(parties: readonly CallParty[], more: Partial<CallSession> = {}): CallSession {
  return {
    id: SESSION,
    originType: 'CALL',
    rawOriginType: 'Call',
    voiceCallToken: null,
    creationTime: 0,
    parties,
    observedAt: 0,
    ...more,
  };
}

const OWN = 'own';

/** Any field of a party can be changed too. */
export type RingCentralChanges = Partial<CallParty> & Changes;

export const RINGCENTRAL_IN_MEMORY: InMemory<RingCentralKind, RingCentralChanges> = {
  shape: RINGCENTRAL_CALLS,
  soon: 1_000,
  disorder: Infinity,
  recovers: true,
  apart: 200,
  party: (id, code, { isOwn = false, ...more } = {}) =>
    ringCentralParty(party(id, code, { extensionId: isOwn ? OWN : null }), code, more),
  call(parties, more = {}) {
    const id = more.id ?? SESSION;
    const own = parties.map((one) => ({ ...one, sessionId: id }));
    return session(own, { ...more, parties: own });
  },
  changed: ringCentralParty,
  // Nobody comes back to life.
  follows: (before, after) => before !== 'DISCONNECTED' && (before !== 'GONE' || after === 'DISCONNECTED'),
  codeOf: (one) => one.status.code,
  isMuted: ({ muted }) => muted,
  heldSince: () => null,
  versionOf: (one) => Number(one.status.description),
  isOwn: ({ extensionId }) => extensionId === OWN,
  news({ call, partyId, sequence, at }) {
    const moved = call.parties.find(({ id }) => id === partyId) as CallParty;
    return {
      ...{ about: 'party', callId: call.id, partyId, sequence, eventTime: at, receivedAt: 0, facts: null },
      // No body tells that.
      party: (known) => ({ ...known, ...moved, status: { ...moved.status, rcc: false } }),
      entry: () => null,
    };
  },
  said(event) {
    switch (event.type) {
      case 'CallSnapshot':
        return { type: 'snapshot', reason: event.reason, call: event.session };
      case 'CallPartyChange': {
        const { party: one, previousStatus, skipped, session: call } = event;
        return { type: 'change', party: one, before: previousStatus?.code ?? null, skipped, call };
      }
      case 'CallStreamNotice':
        return { type: 'notice', notice: event.kind };
    }
  },
  updated: ({ party: one, session: call }) => ({ party: one, call }),
  hasParties: true,
};

function ringCentralParty(
  one: CallParty,
  code: PartyStatusCode,
  { version, ...more }: RingCentralChanges,
): CallParty {
  const description = version === undefined ? {} : { description: String(version) };
  return { ...one, status: status(code, description), ...more };
}

/** What a participant is whose code it is; nobody comes back from a later stage. */
const STAGES: Readonly<Partial<Record<PartyStatusCode, Partial<CallMediaParticipant> & { stage: number }>>> =
  {
    SETUP: { stage: 0, state: 'OFFERING', rawState: 'offering' },
    PROCEEDING: { stage: 0, state: 'ALERTING', rawState: 'alerting' },
    ANSWERED: { stage: 1, state: 'CONNECTED', rawState: 'connected' },
    HOLD: { stage: 1, state: 'CONNECTED', rawState: 'connected', held: true },
    PARKED: { stage: 1, state: 'PARKED', rawState: 'parked' },
    VOICE_MAIL: { stage: 1, state: 'TRANSMITTING', rawState: 'transmitting' },
    // Who hung up, and owes a wrap-up.
    GONE: { stage: 2, state: 'DISCONNECTED', rawState: 'disconnected' },
    DISCONNECTED: { stage: 3, state: 'TERMINATED', rawState: 'terminated' },
  };

function stageOf(code: PartyStatusCode): Partial<CallMediaParticipant> & { stage: number } {
  const stage = STAGES[code];
  if (stage === undefined) throw new TypeError(`No participant of Genesys Cloud is ${code}.`);
  return stage;
}

export const GENESYS_IN_MEMORY: InMemory<GenesysKind> = {
  shape: GENESYS_CALLS,
  soon: 2_500,
  disorder: 900,
  recovers: false,
  apart: 2_500,
  party: (id, code, { isOwn = false, ...more } = {}) =>
    participant(
      aParticipant(SESSION, id, {
        ...{ startTime: 1, connectedTime: null, observedAt: 0 },
        user: isOwn ? anEntity('USER', OWN) : null,
      }),
      code,
      more,
    ),
  call(participants, more = {}) {
    const id = more.id ?? SESSION;
    const own = participants.map((one) => ({ ...one, conversationId: id }));
    return aConversation(id, { observedAt: 0, ...more, participants: own });
  },
  changed: participant,
  follows: (before, after) =>
    before !== 'DISCONNECTED' &&
    stageOf(before).stage <= stageOf(after).stage &&
    (before !== 'GONE' || after !== 'GONE'),
  codeOf: ({ state, held }) => codeIn(state, held === true),
  isMuted: ({ muted }) => muted,
  heldSince: ({ startHoldTime }) => startHoldTime,
  versionOf: ({ attributes }) => Number(attributes[0]?.value),
  isOwn: ({ user }) => user?.id === OWN,
  news: ({ call }) => ({
    ...{ about: 'call', callId: call.id, receivedAt: 0 },
    call: (known) => laidOver(known, call),
    entry: (now: CallConversation) => now,
  }),
  said(event) {
    switch (event.type) {
      case 'ConversationSnapshot':
        return { type: 'snapshot', reason: event.reason, call: event.conversation };
      case 'CallMediaParticipantChange': {
        const { participant: one, previousState, previousActivity, skipped, conversation: call } = event;
        const before =
          previousActivity === null ? null : codeIn(previousState, previousActivity === 'ON_HOLD');
        return { type: 'change', party: one, before, skipped, call };
      }
      case 'ConversationStreamNotice':
        return { type: 'notice', notice: event.kind };
    }
  },
  updated: ({ participant: one, conversation: call }) => ({ party: one, call }),
  hasParties: false,
};

/** The times that belong to a state are those of this moment; each is set once, but for that of the last hold. */
function participant(
  one: CallMediaParticipant,
  code: PartyStatusCode,
  { muted = one.muted, version }: Changes,
): CallMediaParticipant {
  const { stage, ...state } = stageOf(code);
  const now = Date.now();
  const isHeld = state.held === true;
  return {
    ...{ ...one, held: false, muted, ...state },
    connectedTime: stage >= 1 ? (one.connectedTime ?? now) : null,
    startHoldTime: isHeld ? (one.held === true ? one.startHoldTime : now) : null,
    endTime: stage >= 2 ? (one.endTime ?? now) : null,
    startAcwTime: stage >= 2 ? (one.startAcwTime ?? now) : null,
    endAcwTime: stage === 3 ? (one.endAcwTime ?? now) : null,
    attributes: version === undefined ? one.attributes : [{ name: 'version', value: String(version) }],
  };
}

function codeIn(state: CallMediaParticipant['state'], isHeld: boolean): PartyStatusCode {
  const [code] =
    Object.entries(STAGES).find(([, one]) => one.state === state && (one.held === true) === isHeld) ?? [];
  if (code === undefined) throw new TypeError(`No party is ${state}.`);
  return code as PartyStatusCode;
}
