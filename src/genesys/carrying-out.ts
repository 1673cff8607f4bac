/**
 * Commands to Genesys Cloud: sent once, and told as they turn out. What shows that one was done stands in `outcomes.ts`.
 *
 * ```text
 *   look ──► sent once ──► 2xx ──► its effect is seen, which was not there before ──► APPLIED
 *   (where not  │            │       by an event or a read, within five seconds
 *   each change │            └───► anything else ───────────────────────────────────► UNKNOWN, the state as it is
 *   is told)    │
 *               ├────────► 400 403 404 409 429 ─────────────────────────────────────► NOT_APPLIED, typed error, the state
 *               ├────────► never sent ──────────────────────────────────────────────► NOT_APPLIED
 *               └────────► timeout, reset, 5xx, garbage ──► as after a 2xx
 * ```
 *
 * One is refused before it is sent: to complete a consultation where the look shows none, or not which participant the
 * viewer is.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { activityOfParticipant } from '../../schema/coarse.ts';
import {
  BadUserInput,
  CallControlFailure,
  CallNotFound,
  Unauthenticated,
  UpstreamUnavailable,
  WrongCallState,
  WrongParticipantState,
} from '../../schema/failures.ts';
import {
  type CallConversation,
  type CallMediaParticipant,
  findParticipant,
  hasLeft,
} from '../../schema/genesys/model.ts';
import type {
  ConversationCommand,
  ConversationCommandOf,
  ConversationCommandResult,
} from '../../schema/genesys/provider.ts';
import type { CommandOutcome } from '../../schema/provider.ts';
import { lookedTwice } from '../live/second-look.ts';
import type { Lane } from '../upstream/caller.ts';
import { inDoubtBecause, isAmbiguous, wasAnswered } from '../upstream/doubt.ts';
import { allowedActions, reasonAgainst } from './actions.ts';
import type { WholeCommandOf } from './commands.ts';
import type { Accepted, Conversations } from './conversations.ts';
import { isVague, noConversation, noParticipant } from './failures.ts';
import { misnamed } from './misnamed.ts';
import { doubtAbout, type Evidence, isNew, isToldEnough, isVisible, showedBefore } from './outcomes.ts';
import type { ConversationPerson } from './person.ts';
import { latestOf } from './translate.ts';

/** How long the effect of a command is waited for; other numbers are for tests. Milliseconds. */
export interface EffectTimes {
  /** From the yes, or from the failure in doubt. */
  readonly patience: number;
  /** When the conversation is read, from then: news may show it before. */
  readonly looks: readonly number[];
  /** Between two looks at what news have shown. */
  readonly glance: number;
  /** For a look at how it is before the command, where nobody watches. */
  readonly before: number;
}

export const EFFECT_TIMES: EffectTimes = {
  patience: 5_000, // 5 seconds
  looks: [150, 500, 1_000, 2_000, 3_300, 4_500],
  glance: 25,
  before: 2_000, // 2 seconds
};

export interface CarryingOutParts {
  readonly conversations: Conversations;
  readonly times?: EffectTimes | undefined;
}

/** What is told of a conversation that nothing is known of. */
export const NO_STATE = {
  ...{ conversation: null, conversationId: null },
  ...{ participant: null, destinationParticipantId: null },
};

/** Sends a command once for a person, and tells what became of it. */
export async function carryOut(
  { conversations, times = EFFECT_TIMES }: CarryingOutParts,
  person: ConversationPerson,
  command: ConversationCommand,
  requestId: string,
): Promise<ConversationCommandResult> {
  const { desk, caller } = person;
  const addressed = 'conversationId' in command ? command.conversationId : null;
  let unnamed: CallControlFailure | null = null;
  const userId = person.userId() ?? (await userIdOf());
  let unseen: CallControlFailure | null = null;
  let before = addressed === null ? null : await stateBefore(addressed);
  const workBefore = before === null ? null : await workOf('command').catch(unlessSignedOut);
  const safe = command.name === 'completeConsultTransfer' ? completing(command) : command;
  if (safe instanceof CallControlFailure) {
    return told('NOT_APPLIED', safe, { ...NOTHING, conversation: before });
  }

  let sentAt = Date.now();
  let accepted: Accepted;
  try {
    accepted = await conversations.command(caller, safe, { requestId, onSent: leaves });
  } catch (error) {
    if (!(error instanceof CallControlFailure) || error instanceof Unauthenticated) throw error;
    return isAmbiguous(error) ? inDoubt(error) : refused(error);
  }
  return acceptedAs(accepted);

  /** It may have waited for the rate budget: what was told meanwhile was so before it. */
  function leaves(): void {
    sentAt = Date.now();
    const now = addressed === null ? null : toldNow(addressed);
    if (now !== null && now.observedAt >= (before?.observedAt ?? 0)) before = now;
  }

  /** Without it less can be told, but nothing is kept from being sent that can do without. */
  async function userIdOf(): Promise<string | null> {
    try {
      return (await person.user()).id;
    } catch (error) {
      unlessSignedOut(error);
      unnamed = error as CallControlFailure;
      return null;
    }
  }

  async function acceptedAs(answer: Accepted): Promise<ConversationCommandResult> {
    const conversationId = answer.conversationId ?? addressed;
    const madeId = answer.conversationId ?? answer.destinationParticipantId;
    const seen = await seenAfter(conversationId, madeId, answer.sentAt);
    const doubt = isSaidToBeDone(answer, seen) ? null : doubtOf(seen, madeId);
    if (doubt === null) return told('APPLIED', null, seen, answer);
    const error = new UpstreamUnavailable(
      `Genesys Cloud accepted the command. Whether it was done is unknown: ${doubt}.`,
      true,
      { system: 'genesys' },
    );
    return told('UNKNOWN', error, seen, answer);
  }

  /**
   * Of what leaves no trace the yes is all that there will ever be. An answer that says that it is done needs no other proof
   * than a state that does not contradict it; and where it names the conversation that it made, not even that, because not
   * everybody may look at the call that they placed for somebody else.
   */
  function isSaidToBeDone(answer: Accepted, { conversation, work, fresh }: Sight): boolean {
    const { isDone, conversationId } = answer;
    if (!isVisible(command)) return true;
    if (isNew(command)) return isDone && conversationId !== null;
    return isDone && fresh && conversation !== null && showedBefore(command, conversation, userId, work);
  }

  async function inDoubt(error: CallControlFailure): Promise<ConversationCommandResult> {
    const seen = await seenAfter(addressed, null, sentAt);
    const doubt = doubtOf(seen, null);
    return doubt === null ? told('APPLIED', null, seen) : told('UNKNOWN', inDoubtBecause(error, doubt), seen);
  }

  async function refused(error: CallControlFailure): Promise<ConversationCommandResult> {
    const looked =
      wasAnswered(error) && addressed !== null ? await look(addressed, 'query') : known(addressed);
    // Nothing was done, so what was seen before is true.
    const seen = looked.fresh ? looked : { ...looked, conversation: looked.conversation ?? before };
    return told('NOT_APPLIED', explained(error, seen), seen);
  }

  function doubtOf({ conversation, work, fresh }: Sight, madeId: string | null): string | null {
    return doubtAbout(command, fresh ? evidence(conversation, work, madeId) : null, madeId);
  }

  function evidence(
    conversation: CallConversation | null,
    work: boolean | null,
    madeId: string | null,
  ): Evidence {
    return { conversation, before, userId, madeId, afterCallWork: { before: workBefore, now: work } };
  }

  /** What a read of all media says of after-call work, for the one command that is about it. */
  async function workOf(lane: Lane): Promise<boolean | null> {
    if (command.name !== 'setCallMediaParticipantAfterCallWork') return null;
    const { conversationId, participantId, communicationId } = command;
    const read = await conversations.readCommunications(caller, conversationId, { lane, requestId });
    const all = read(participantId);
    const meant =
      communicationId === undefined ? latestOf(all) : all.find(({ id }) => id === communicationId);
    return meant?.afterCallWorkRequired ?? null;
  }

  /**
   * How it is right before the command: what a watch shows to which each change is told, or a read. What is only asked for
   * now and then may have been otherwise for seconds, and what is remembered as over nobody watches any more. Null where
   * neither tells.
   */
  async function stateBefore(conversationId: string): Promise<CallConversation | null> {
    const meeting = desk.meet(conversationId);
    if (meeting !== undefined) await meeting;
    const current = isToldEnough(command) ? toldNow(conversationId) : null;
    if (current !== null) return current;
    try {
      const reading = await conversations.readConversation(caller, conversationId, {
        ...{ lane: 'command', timeout: times.before, requestId },
      });
      if (reading.value === null) unseen = noConversation();
      return reading.value && (await desk.observeCall(reading.value, reading));
    } catch (error) {
      unlessSignedOut(error);
      unseen = error as CallControlFailure;
      return null;
    }
  }

  /** What is shown of a conversation of which each change is told: one in which the viewer takes part, while they listen. */
  function toldNow(conversationId: string): CallConversation | null {
    if (desk.liveSource() !== 'PUSH' || desk.mayLack(conversationId)) return null;
    if (!desk.isAlive(conversationId)) return null;
    const current = desk.current(conversationId);
    const isTold = (one: CallMediaParticipant) =>
      userId !== null && one.user?.id === userId && activityOfParticipant(one) !== 'LEFT';
    return current?.participants.some(isTold) === true ? current : null;
  }

  /**
   * The command with whom it hangs up, or why there is nothing to complete. To complete is to hang up, which Genesys would do
   * as well where nobody was asked: then the customer would be lost.
   */
  function completing(
    asked: ConversationCommandOf<'completeConsultTransfer'>,
  ): WholeCommandOf<'completeConsultTransfer'> | CallControlFailure {
    if (unnamed !== null) return unnamed;
    if (before === null) return unseen ?? noConversation();
    const participant = findParticipant(before, asked.participantId);
    if (participant === undefined) return noParticipant();
    const own = ownIn(before);
    if (own === undefined) return wrongState(NOT_IN_IT, before, participant);
    const reason = reasonAgainst(asked, before, participant, userId);
    if (reason !== null) return wrongState(reason, before, participant);
    return { ...asked, ownParticipantId: own.id };
  }

  /** Waits for the effect, as long as there is hope for it; then as the conversation is. */
  async function seenAfter(
    conversationId: string | null,
    madeId: string | null,
    since: number,
  ): Promise<Sight> {
    if (conversationId === null) return NOTHING;
    desk.stateChanged(conversationId);
    const isHopeless =
      !isVisible(command) ||
      (before !== null && madeId === null && showedBefore(command, before, userId, workBefore));
    if (isHopeless) return look(conversationId, 'command');
    const shows = (conversation: CallConversation | null, work: boolean | null = null) =>
      doubtAbout(command, evidence(conversation, work, madeId)) === null;
    const begin = performance.now();
    const timeLeft = () => begin + times.patience - performance.now();
    let sight: Sight = NOTHING;
    for (const at of [...times.looks, times.patience]) {
      const news = await newsUntil(begin + Math.min(at, times.patience), conversationId, since, shows);
      if (news !== null) return { ...NOTHING, conversation: news, fresh: true };
      if (at >= times.patience) break;
      const looked = await look(conversationId, 'command', Math.max(LEAST_TIME, timeLeft()));
      if (looked.fresh) sight = looked;
      if (sight.fresh && shows(sight.conversation, sight.work)) return sight;
      if (timeLeft() <= 0) break;
    }
    return sight.fresh ? sight : known(conversationId);
  }

  /** What news show by then of the effect; null: nothing. */
  async function newsUntil(
    until: number,
    conversationId: string,
    since: number,
    shows: (conversation: CallConversation) => boolean,
  ): Promise<CallConversation | null> {
    for (;;) {
      const peeked = desk.peek(conversationId);
      if (peeked !== undefined && peeked.observedAt >= since && shows(peeked)) return peeked;
      const left = until - performance.now();
      if (left <= 0) return null;
      await pause(Math.min(left, times.glance));
    }
  }

  /** Reads the conversation anew, past every cache, and lets the watch know; falls back to what is known. */
  async function look(conversationId: string, lane: Lane, timeout?: number): Promise<Sight> {
    try {
      const read = () => conversations.readConversation(caller, conversationId, { lane, timeout, requestId });
      const reading = await lookedTwice(read, () => desk.isAlive(conversationId));
      if (reading.value === null) return { ...NOTHING, fresh: true };
      const work = await workOf(lane);
      return { conversation: await desk.observeCall(reading.value, reading), work, fresh: true };
    } catch (error) {
      if (!(error instanceof CallControlFailure)) throw error;
      return known(conversationId);
    }
  }

  function known(conversationId: string | null): Sight {
    const conversation = conversationId === null ? null : (desk.peek(conversationId) ?? null);
    return { ...NOTHING, conversation };
  }

  function ownIn(conversation: CallConversation | null): CallMediaParticipant | undefined {
    return conversation?.participants.findLast(
      (one) => userId !== null && one.user?.id === userId && !hasLeft(one),
    );
  }

  /**
   * A refusal for the state of the participant: why in words for a person, with that state and what it allows; or for there
   * being no such one, whatever else Genesys found missing first.
   */
  function explained(error: CallControlFailure, { conversation, fresh }: Sight): CallControlFailure {
    const isForState = error instanceof WrongCallState;
    if (error instanceof CallNotFound || error instanceof BadUserInput) {
      const other = misnamed(command, error, fresh ? conversation : null);
      if (other !== null) return other;
    }
    if (!isForState && !(error instanceof BadUserInput)) return error;
    if (conversation === null) return unseen instanceof CallNotFound ? unseen : error;
    const participant = participantIn(conversation);
    if (participant === null) return 'participantId' in command ? noParticipant(error) : error;
    const reason = reasonAgainst(command, conversation, participant, userId);
    if (isForState) return wrongState(reason ?? error.message, conversation, participant, error);
    return reason !== null && isVague(error) ? wrongState(reason, conversation, participant, error) : error;
  }

  function wrongState(
    reason: string,
    conversation: CallConversation,
    participant: CallMediaParticipant,
    cause?: CallControlFailure,
  ): CallControlFailure {
    return new WrongParticipantState(
      reason,
      participant.state ?? undefined,
      allowedActions(conversation, participant, userId),
      cause?.trace ?? { system: 'genesys' },
      { cause },
    );
  }

  /** The one that the command is about: addressed, or the viewer's own where that made a call. */
  function participantIn(conversation: CallConversation): CallMediaParticipant | null {
    if ('participantId' in command) return findParticipant(conversation, command.participantId) ?? null;
    return addressed === null ? (ownIn(conversation) ?? null) : null;
  }

  function told(
    outcome: CommandOutcome,
    error: CallControlFailure | null,
    { conversation }: Sight,
    made: Pick<Accepted, 'conversationId' | 'destinationParticipantId'> = NOTHING_MADE,
  ): ConversationCommandResult {
    return {
      ...{ outcome, replayed: false, error, conversation },
      conversationId: addressed ?? made.conversationId,
      participant: conversation && participantIn(conversation),
      destinationParticipantId: made.destinationParticipantId,
    };
  }
}

const NOTHING_MADE = { conversationId: null, destinationParticipantId: null };

/** What cannot be seen before a command does not keep it from being sent. */
function unlessSignedOut(error: unknown): null {
  if (!(error instanceof CallControlFailure) || error instanceof Unauthenticated) throw error;
  return null;
}

/** What is seen of the conversation that a command is about. */
interface Sight {
  readonly conversation: CallConversation | null;
  /** Whether after-call work is asked for, where that was looked at. */
  readonly work: boolean | null;
  /** True when Genesys said so after the command. */
  readonly fresh: boolean;
}

const NOTHING: Sight = { conversation: null, work: null, fresh: false };

/** A read that begins in the last moment. */
const LEAST_TIME = 250; // milliseconds

const NOT_IN_IT =
  'You take no part in this conversation (any more), so there is no consultation to complete.';
