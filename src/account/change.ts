/** What changes in an account, what others need to hold the same, and what is told of two states of a call. Pure. */
import type { Presence } from '../../schema/account/model.ts';
import { type CallParty, type CallSession, findParty, type PartyStatus } from '../../schema/model.ts';
import type { CallMemory } from '../live/call-memory.ts';
import type { CallShape, Transition } from '../live/shape.ts';
import type { CallState } from '../live/shared/tidings.ts';
import { differing, type Outlook, withParty } from '../live/transitions.ts';
import type { CompanyKind } from './kind.ts';
import type { KnownPresence } from './presence-memory.ts';
import { FIRST_NEWS, filled, type Heard } from './sequence.ts';

/** What is held of a call, for others. */
export interface KnownState {
  readonly state: CallState<CompanyKind>;
  readonly isWhole: boolean;
}

/** One thing that changed; `known` is what is held after it, and `before` what was held before, where it was seen here. */
export type Change =
  | {
      readonly kind: 'began' | 'ended';
      readonly session: CallSession;
      readonly known: KnownState;
      readonly before?: KnownState | null;
    }
  | {
      readonly kind: 'party';
      readonly session: CallSession;
      readonly party: CallParty;
      readonly previousStatus: PartyStatus | null;
      readonly known: KnownState;
      readonly before?: KnownState | null;
    }
  | {
      readonly kind: 'presence';
      readonly presence: Presence;
      readonly known: KnownPresence;
      readonly before?: KnownPresence | null;
    };

/** What another gateway needs to hold the same. */
export interface Whole {
  readonly calls: readonly (KnownState & { readonly id: string })[];
  readonly presences: readonly KnownPresence[];
  readonly graves: readonly string[];
}

const NO_CHANGES: readonly Change[] = [];

/** What is told of two states of a call where nobody has told what was in between. */
export function differences(
  { completed, sameState }: CallShape<CompanyKind>,
  before: CallSession | null,
  known: KnownState,
): readonly Change[] {
  const { call: session } = known.state.held;
  if (before === null) return [{ kind: 'began', session, known }];
  return session.parties.flatMap((party): Change | readonly Change[] => {
    const earlier = findParty(before, party.id);
    // News tell more than a body does, and one of the two may have come by either.
    const isSame = earlier !== undefined && sameState(completed(party, earlier), completed(earlier, party));
    return isSame
      ? NO_CHANGES
      : { kind: 'party', session, party, previousStatus: earlier?.status ?? null, known };
  });
}

/**
 * Takes in what was seen of a call, as if it came now: after what others have told of it, which `memory` holds. Of each party
 * what its news told counts by their sequence, and what a body showed by when that was asked for.
 */
export function takeAgain(
  shape: CallShape<CompanyKind>,
  memory: CallMemory<CompanyKind>,
  { held: { call: seen, marks }, asked }: CallState<CompanyKind>,
  outlook: Outlook<CompanyKind>,
): { readonly transitions: readonly Transition<CompanyKind>[]; readonly isDoubtful: boolean } {
  const transitions: Transition<CompanyKind>[] = [];
  let isDoubtful = false;
  const take = (party: CallParty, what: Parameters<typeof memory.take>[0]) => {
    const taken = memory.take({ ...what, only: party.id }, outlook);
    transitions.push(...taken.transitions);
    isDoubtful ||= taken.kind === 'doubtful';
  };
  for (const [partyId, { sequence, eventTime, changedAt }] of marks) {
    const party = findParty(seen, partyId);
    if (party === undefined || memory.call === null) continue;
    const news = { sequence, eventTime };
    take(party, {
      call: withParty(shape, memory.call, party),
      sentAt: changedAt,
      receivedAt: changedAt,
      news,
    });
  }
  for (const party of memory.held === null ? [] : differing(shape, memory.held, seen)) {
    if (memory.held === null || memory.call === null) continue;
    const told = memory.held.marks.get(party.id)?.sequence ?? -Infinity;
    if (told > (marks.get(party.id)?.sequence ?? -Infinity)) continue;
    if (asked === null) isDoubtful = true;
    else take(party, { call: withParty(shape, memory.call, party), ...asked });
  }
  return { transitions, isDoubtful };
}

/** How far it was heard of what another gateway holds. */
export function heardBy({ state, isWhole }: KnownState): Heard {
  const sequences = [...state.held.marks.values()].map(({ sequence }) => sequence);
  const told = { upTo: Math.max(FIRST_NEWS - 1, ...sequences), beyond: [] };
  return isWhole ? filled(told) : told;
}

/** A call of which only a party is known. */
export function blankCall(id: string, creationTime: number | null, observedAt: number): CallSession {
  return {
    ...{ id, creationTime, observedAt },
    ...{ originType: null, rawOriginType: null, voiceCallToken: null, parties: [] },
  };
}
