/** The calls that are going on, the time that passes in them, and whoever waits for a change. */
import {
  addParty,
  type Call,
  changeParty,
  connect,
  findParty,
  hangUp,
  isPresent,
  type Party,
  type PartyRef,
  partyIdOf,
} from './call.ts';
import { createStaff, type Staff } from './company/staff.ts';
import { notFound, wrongState } from './refusals.ts';
import { DEFAULT_SETTINGS, mergeSettings, type SettingChanges, type Settings } from './settings.ts';
import { createTimers, type Timers } from './timers.ts';

export interface Switchboard {
  readonly settings: Settings;
  readonly now: () => number;
  /** What people say of themselves. */
  readonly staff: Staff;
  /** Changes some settings; a wrong one is refused and changes nothing. */
  configure(changes: unknown): Settings;
  /** Every call that can still be read, the oldest first. */
  calls(): readonly Call[];
  /** Those of them that an extension has a party in, or had. */
  callsOf(extensionId: string): readonly Call[];
  /** A call that can still be read; undefined when there is none. */
  find(id: string): Call | undefined;
  /**
   * A call that can still be read.
   * @throws {Refusal} 404 when there is none.
   */
  call(id: string): Call;
  /** Puts a call in its next state. Calls that are tied to it follow, and whoever waits for it wakes. */
  put(call: Call): Call;
  /** Hears of every change of a call, in order; `before` is null for a new one. */
  onChange(listener: (before: Call | null, after: Call) => void): void;
  /** Changes a call that may be gone by now; then nothing happens. */
  change(id: string, change: (call: Call, at: number) => Call): void;
  /** A new call without parties; its id can be chosen. */
  open(call: Pick<Call, 'origin'> & { readonly id?: string; readonly voiceCallToken?: boolean }): Call;
  /** A new number for a recording. */
  recordingId(): string;
  /**
   * A free place to park a call.
   * @throws {Refusal} 409 when all are taken.
   */
  parkSlot(): string;
  readonly later: Timers['later'];
  /** Resolves when a call changes, after the timeout (milliseconds), or when the signal aborts. */
  changed(id: string, timeout: number, signal: AbortSignal): Promise<void>;
  pause(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** Ends all calls, timers and waits, and sets the settings back. */
  reset(): void;
  /** The same for good: nothing happens by itself any more. */
  stop(): void;
}

const PARKED_AT_ONCE = 50;
/** More calls than any test begins; one more ends the oldest. */
export const MOST_CALLS = 5_000;

/** @param initial What differs from the default settings, also after a reset. */
export function createSwitchboard(initial: SettingChanges, now: () => number): Switchboard {
  let settings = mergeSettings(DEFAULT_SETTINGS, initial);
  const calls = new Map<string, Call>();
  const staff = createStaff();
  /** The ids of the calls of each extension, the oldest first. */
  const ofExtension = new Map<string, Set<string>>();
  const timers = createTimers();
  const waiting = new Map<string, Set<() => void>>();
  const listeners: ((before: Call | null, after: Call) => void)[] = [];
  let counted = 0;

  function isForgotten({ endedAt }: Call): boolean {
    return endedAt !== null && endedAt <= now() - settings.retention * 1_000;
  }

  function forgetEnded(): void {
    for (const call of calls.values()) if (isForgotten(call)) forget(call);
  }

  /** Makes room for a new one. */
  function forgetOldest(): void {
    for (const { id } of calls.values()) {
      if (calls.size < MOST_CALLS) return;
      const call = calls.get(id);
      if (call !== undefined) forget(put(hangUp(call, now())));
    }
  }

  function forget({ id, parties }: Call): void {
    calls.delete(id);
    for (const { extensionId } of parties) {
      const own = extensionId === null ? undefined : ofExtension.get(extensionId);
      own?.delete(id);
      if (extensionId !== null && own?.size === 0) ofExtension.delete(extensionId);
    }
  }

  function enter({ id, parties }: Call): void {
    for (const { extensionId } of parties) {
      if (extensionId === null) continue;
      const own = ofExtension.get(extensionId) ?? new Set();
      ofExtension.set(extensionId, own.add(id));
    }
  }

  /** Who left one call may end another: the far ends of a bridge, of a pickup, of a conference. */
  function follow(call: Call): void {
    for (const party of call.parties) {
      if (party.peer === null || !leftForGood(call, party)) continue;
      const { sessionId, partyId } = party.peer;
      const tied = calls.get(sessionId);
      const end = tied?.parties.find(({ id }) => id === partyId);
      if (tied === undefined || tied.endedAt !== null || end === undefined) continue;
      if (end.conferenceRole === null) put(hangUp(tied, now()));
      else if (isPresent(end)) put(changeParty(tied, partyId, { code: 'Disconnected' }, now()));
    }
  }

  function put(call: Call): Call {
    const before = calls.get(call.id) ?? null;
    if (before === call) return call;
    calls.set(call.id, call);
    enter(call);
    for (const listener of listeners) listener(before, call);
    follow(call);
    wake(call.id);
    return call;
  }

  function wake(id: string): void {
    for (const resolve of waiting.get(id) ?? []) resolve();
  }

  /** An id that no call has waits for the time alone. */
  async function changed(id: string, timeout: number, signal: AbortSignal): Promise<void> {
    const sleepers = waiting.get(id) ?? new Set();
    waiting.set(id, sleepers);
    await timers.pause(timeout, signal, sleepers);
    if (sleepers.size === 0 && waiting.get(id) === sleepers) waiting.delete(id);
  }

  function reset(): void {
    calls.clear();
    ofExtension.clear();
    staff.reset();
    for (const id of [...waiting.keys()]) wake(id);
    timers.reset();
    settings = mergeSettings(DEFAULT_SETTINGS, initial);
  }

  function find(id: string): Call | undefined {
    const call = calls.get(id);
    return call === undefined || isForgotten(call) ? undefined : call;
  }

  return {
    get settings() {
      return settings;
    },
    now,
    staff,
    configure(changes) {
      settings = mergeSettings(settings, changes);
      return settings;
    },
    calls() {
      forgetEnded();
      return [...calls.values()];
    },
    callsOf: (extensionId) => [...(ofExtension.get(extensionId) ?? [])].flatMap((id) => find(id) ?? []),
    find,
    call(id) {
      const call = find(id);
      if (call === undefined) throw notFound('telephonySessionId');
      return call;
    },
    put,
    onChange(listener) {
      listeners.push(listener);
    },
    change(id, change) {
      const call = find(id);
      if (call !== undefined) put(change(call, now()));
    },
    open({ origin, id, voiceCallToken = false }) {
      forgetEnded();
      forgetOldest();
      counted += 1;
      const at = now();
      const sessionId = id ?? sessionIdOf(counted, at);
      return put({
        id: sessionId,
        legacyId: String(51_520_000_004 + counted * 7_000),
        origin,
        voiceCallToken: voiceCallToken ? voiceCallTokenOf(sessionId) : null,
        createdAt: at,
        changedAt: at,
        endedAt: null,
        parties: [],
      });
    },
    recordingId() {
      counted += 1;
      return String(9_100_200_000 + counted * 100);
    },
    parkSlot() {
      const taken = new Set<string | null>();
      for (const { parties } of calls.values()) for (const { parkData } of parties) taken.add(parkData);
      for (let number = 801; number < 801 + PARKED_AT_ONCE; number++) {
        if (!taken.has(`*${number}`)) return `*${number}`;
      }
      throw wrongState();
    },
    later: timers.later,
    changed,
    pause: (milliseconds, signal) => timers.pause(milliseconds, signal),
    reset,
    stop() {
      timers.stop();
      reset();
    },
  };
}

/**
 * A party by its address.
 * @throws {Refusal} 404, naming the session or the party.
 */
export function partyAt(board: Switchboard, { sessionId, partyId }: PartyRef): Party {
  const party = findParty(board.call(sessionId), partyId);
  if (party === undefined) throw notFound('partyId');
  return party;
}

/**
 * Adds a party to a call, and lets happen what happens by itself: a phone outside the account answers, a
 * voicemail ends. Phones of the account ring until somebody acts.
 * @param call The call as it shall be when the party joins.
 * @returns The party as it joined.
 */
export function join(board: Switchboard, call: Call, leg: Omit<Party, 'id'>): Party {
  const grown = board.put(addParty(call, leg, board.now()));
  const party = { ...leg, id: partyIdOf(call.id, grown.parties.length) };
  const address = { sessionId: call.id, partyId: party.id };
  if (leg.code === 'VoiceMail') endVoicemail(board, address);
  if (leg.code === 'Proceeding' && leg.extensionId === null) {
    answersAfter(board, board.settings.calleeAnswers, address);
  }
  return party;
}

/** A phone is answered after a while (milliseconds; null: never), if it still rings then. */
export function answersAfter(
  board: Switchboard,
  delay: number | null,
  { sessionId, partyId }: PartyRef,
): void {
  board.later(delay, () => board.change(sessionId, (call, at) => connect(call, partyId, at)));
}

/** A caller does not talk to a voicemail for ever. */
export function endVoicemail(board: Switchboard, { sessionId, partyId }: PartyRef): void {
  board.later(board.settings.voicemailLength * 1_000, () =>
    board.change(sessionId, (call, at) =>
      findParty(call, partyId)?.code === 'VoiceMail' ? hangUp(call, at) : call,
    ),
  );
}

function leftForGood(call: Call, party: Party): boolean {
  return call.endedAt !== null || (party.conferenceRole !== null && !isPresent(party));
}

/** The form that RingCentral has used since 2022: its server, the time, and a number, in hex with `z` between. */
function sessionIdOf(count: number, at: number): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  return `s-a010203${hex(count, 4)}z${hex(at, 11)}z${hex(0x5e1a + count, 4)}0000`;
}

function voiceCallTokenOf(sessionId: string): string {
  return `conf_${Buffer.from(`${sessionId}@10.1.2.3:5070`).toString('hex')}`;
}
