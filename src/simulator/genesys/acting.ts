/** What a command does to one participant, or why not: the rules that Genesys Cloud keeps. Pure. */
import { type Conversation, change, connect, endAfterCallWork, endsOf, find, leave } from './conversation.ts';
import {
  holding,
  isConnected,
  isPresent,
  isWaiting,
  owesWork,
  type Participant,
  type Wrapup,
} from './participant.ts';
import { badRequest, type GenesysRefusal, noParticipant, notNow } from './refusals.ts';

/** A command to one participant. */
export type Action =
  | { readonly name: 'answer' }
  | { readonly name: 'disconnect'; readonly disconnectType: string }
  | { readonly name: 'hold'; readonly held: boolean }
  | { readonly name: 'mute'; readonly muted: boolean }
  | { readonly name: 'confine'; readonly confined: boolean }
  | { readonly name: 'record'; readonly recording: boolean }
  | { readonly name: 'snippet'; readonly record: boolean }
  | { readonly name: 'wrapUp'; readonly wrapup: Wrapup }
  | { readonly name: 'skipWrapup' }
  | { readonly name: 'scheduleResume'; readonly resumeTime: string }
  | { readonly name: 'requireWork'; readonly required: boolean }
  | { readonly name: 'flag'; readonly reason: string | null }
  | { readonly name: 'attributes'; readonly attributes: Readonly<Record<string, string>> }
  | { readonly name: 'uuiData'; readonly uuiData: string }
  | { readonly name: 'digits'; readonly digits: string };

/** Does what a command asks of a participant, or tells why not. */
export function act(
  conversation: Conversation,
  participantId: string,
  action: Action,
  at: number,
): Conversation | GenesysRefusal {
  const one = find(conversation, participantId);
  if (one === undefined) return noParticipant(participantId);
  const refusal = refusalOf(one, action, conversation);
  if (refusal !== null) return refusal;
  const changed = (changes: Partial<Participant>) => change(conversation, participantId, changes, at);

  switch (action.name) {
    case 'answer':
      return connect(conversation, participantId, at);
    case 'disconnect':
      return leave(conversation, participantId, action.disconnectType, at);
    case 'hold':
      return changed(holding(one, action.held, at));
    case 'mute':
      return changed({ muted: action.muted });
    case 'confine':
      return changed({ confined: action.confined });
    case 'record':
      return changed({ recording: action.recording });
    case 'snippet':
      return changed({ snippet: action.record });
    case 'wrapUp':
      return owesWork(one) && !action.wrapup.provisional
        ? endAfterCallWork(conversation, participantId, { wrapup: action.wrapup }, at)
        : changed({ wrapup: action.wrapup });
    case 'skipWrapup':
      return owesWork(one)
        ? endAfterCallWork(conversation, participantId, { wrapupSkipped: true }, at)
        : changed({ wrapupSkipped: true, wrapupRequired: false });
    case 'scheduleResume':
      return changed({ extras: { ...one.extras, resumeTime: action.resumeTime } });
    case 'requireWork':
      return changed({ wrapupRequired: action.required });
    case 'flag':
      return changed({ flaggedReason: action.reason });
    case 'attributes':
      return changed({ attributes: { ...one.attributes, ...action.attributes } });
    case 'uuiData':
      return changed({ uuiData: action.uuiData });
    case 'digits':
      return changed({ digits: (one.digits + action.digits).slice(-MOST_DIGITS) });
  }
}

const MOST_DIGITS = 1_000;

/** Why the state does not allow it; null where it does. */
function refusalOf(one: Participant, action: Action, conversation: Conversation): GenesysRefusal | null {
  const gone = () => (isPresent(one) ? null : notNow('call.disconnected', 'The call has been disconnected'));
  switch (action.name) {
    case 'answer':
    case 'disconnect':
      return gone();
    case 'requireWork':
      return isConnected(one) ? null : badRequest('The communication is not connected');
    case 'hold':
      if (isWaiting(one)) return notNow('hold.alerting', 'A call that is alerting cannot be held');
      return gone();
    case 'mute':
    case 'record':
    case 'snippet':
    case 'digits':
      if (isWaiting(one)) return badRequest('The participant is not connected');
      return gone();
    case 'confine':
      if (gone() === null && endsOf(conversation).filter(isConnected).length > 2) return null;
      return notNow('cannot.confine.party', 'Only a participant of a conference can be confined');
    case 'wrapUp':
      if (one.userId === null || !(isConnected(one) || owesWork(one) || one.endTime !== null)) {
        return badRequest('The participant has nothing to wrap up');
      }
      return null;
    case 'skipWrapup':
      return one.wrapupPrompt === 'mandatory'
        ? notNow('wrapup.cannot.skip', 'The wrap-up is mandatory, and cannot be skipped')
        : null;
    case 'scheduleResume':
      return one.state === 'parked' ? null : badRequest('The participant is not parked');
    case 'flag':
    case 'attributes':
    case 'uuiData':
      return null;
  }
}
