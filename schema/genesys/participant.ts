/** A participant of a conversation: who it is, what it is doing, and how it got there. */
import { keyedBy, paragraphs } from '../builder.ts';
import { CallParticipant, Direction } from '../call.ts';
import {
  CallAttribute,
  ConversationRoutingData,
  Disposition,
  ErrorInfo,
  FaxStatus,
  JourneyContext,
  RecordersState,
  Wrapup,
} from './details.ts';
import { EntityReference } from './entity.ts';
import { maybe, raw } from './fields.ts';
import { CallMediaParticipant } from './refs.ts';
import {
  DisconnectType,
  FlaggedReason,
  ParticipantPurpose,
  ParticipantState,
  RecorderState,
  WrapupPrompt,
} from './words.ts';

CallMediaParticipant.implement({
  description: paragraphs(
    'Whoever takes part in the call of a Genesys Cloud conversation: a customer, an agent, but also the queue and the ' +
      'menu that the call went through. Whoever left stays in the list.',
    'A user may have several participants in one conversation, for example after a call came back to them. Theirs is the ' +
      'one whose `user.id` is their own: take the one that is `CONNECTED`, else `ALERTING`, else the last.',
    keyedBy('conversationId', 'id'),
  ),
  interfaces: [CallParticipant],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Unique inside its conversation.' }),
    conversationId: t.exposeID('conversationId', {
      description: 'The conversation it is in. Costs nothing.',
    }),
    name: maybe(t, 'name', 'String', 'Name to show.'),
    address: maybe(
      t,
      'address',
      'String',
      'Where it is reached, like `tel:+61370151234` or `sip:…`. `number` is the bare number in it.',
    ),
    purpose: maybe(t, 'purpose', ParticipantPurpose, 'What it is there for.'),
    rawPurpose: raw(t, 'rawPurpose', 'purpose'),
    state: maybe(t, 'state', ParticipantState, 'What it is doing.'),
    rawState: raw(t, 'rawState', 'state'),
    direction: maybe(t, 'direction', Direction, 'Whether this leg came in or goes out.'),
    rawDirection: raw(t, 'rawDirection', 'direction'),
    startTime: maybe(t, 'startTime', 'DateTime', 'When it joined the conversation.'),
    startAlertingTime: maybe(t, 'startAlertingTime', 'DateTime', 'When it began to ring.'),
    connectedTime: maybe(t, 'connectedTime', 'DateTime', 'When it was connected.'),
    endTime: maybe(t, 'endTime', 'DateTime', 'When it left the call.'),
    disconnectType: maybe(t, 'disconnectType', DisconnectType, 'Why it left; null while it has not.'),
    rawDisconnectType: raw(t, 'rawDisconnectType', 'disconnectType'),
    held: maybe(t, 'held', 'Boolean', 'Whether the call is on hold for it. Its `state` stays `CONNECTED`.'),
    startHoldTime: maybe(
      t,
      'startHoldTime',
      'DateTime',
      'When the hold began; it may stay after the hold has ended.',
    ),
    muted: maybe(t, 'muted', 'Boolean', 'Whether it is muted: the others do not hear it.'),
    confined: maybe(t, 'confined', 'Boolean', 'Whether it is cut off from the others of a conference.'),
    recording: maybe(
      t,
      'recording',
      'Boolean',
      'Whether a recording of it is under way, also while it is paused.',
    ),
    recordingState: maybe(t, 'recordingState', RecorderState, 'The state of that recording.'),
    rawRecordingState: raw(t, 'rawRecordingState', 'recordingState'),
    recordersState: maybe(t, 'recordersState', RecordersState, 'The same for each of those who record.'),
    securePause: maybe(
      t,
      'securePause',
      'Boolean',
      'Whether its recording is paused while something secret is said.',
    ),
    user: maybe(t, 'user', EntityReference, 'The user it is, where it is one.'),
    queue: maybe(t, 'queue', EntityReference, 'The queue it came through, or is.'),
    team: maybe(t, 'team', EntityReference, 'The team of the user when they joined.'),
    group: maybe(t, 'group', EntityReference, 'The group that was called.'),
    script: maybe(t, 'script', EntityReference, 'The script that guides the agent.'),
    externalContact: maybe(
      t,
      'externalContact',
      EntityReference,
      'The contact it is, where a contact was found or chosen.',
    ),
    externalContactInitialDivisionId: maybe(
      t,
      'externalContactInitialDivisionId',
      'ID',
      'The division that the contact was in at first. It stays when the contact is given to another.',
    ),
    externalOrganization: maybe(
      t,
      'externalOrganization',
      EntityReference,
      'The organisation of that contact.',
    ),
    ani: maybe(t, 'ani', 'String', 'The number that calls on this leg, like `tel:+61370151234`.'),
    dnis: maybe(t, 'dnis', 'String', 'The number that is called on this leg.'),
    attributes: t.expose('attributes', {
      type: [CallAttribute],
      description: 'Values attached to it, in the order of their names.',
      extensions: { usualLength: 5 },
    }),
    wrapupRequired: maybe(t, 'wrapupRequired', 'Boolean', 'Whether this agent owes a wrap-up of the call.'),
    wrapupPrompt: maybe(t, 'wrapupPrompt', WrapupPrompt, 'How the agent is to be asked for it.'),
    rawWrapupPrompt: raw(t, 'rawWrapupPrompt', 'wrapupPrompt'),
    wrapupTimeoutMs: maybe(t, 'wrapupTimeoutMs', 'Int', 'How long the agent has for it, in milliseconds.'),
    wrapupSkipped: maybe(t, 'wrapupSkipped', 'Boolean', 'Whether the agent chose to give none.'),
    wrapup: maybe(t, 'wrapup', Wrapup, 'What the agent noted.'),
    startAcwTime: maybe(t, 'startAcwTime', 'DateTime', 'When the work after the call began.'),
    endAcwTime: maybe(t, 'endAcwTime', 'DateTime', 'When the work after the call ended.'),
    alertingTimeoutMs: maybe(
      t,
      'alertingTimeoutMs',
      'Int',
      'How long it rings before the agent counts as not responding, in milliseconds.',
    ),
    mediaRoles: t.exposeStringList('mediaRoles', {
      description: 'The parts its audio has had, like `monitor` or `coach`.',
    }),
    monitoredParticipantId: maybe(
      t,
      'monitoredParticipantId',
      'ID',
      'Of a supervisor who listens in: whom they listen to.',
    ),
    coachedParticipantId: maybe(
      t,
      'coachedParticipantId',
      'ID',
      'Of a supervisor who coaches: whom they speak to, unheard by the others.',
    ),
    bargedParticipantId: maybe(
      t,
      'bargedParticipantId',
      'ID',
      'Of a supervisor who has barged in: whose call it was.',
    ),
    bargedTime: maybe(t, 'bargedTime', 'DateTime', 'When they barged in.'),
    consultParticipantId: maybe(
      t,
      'consultParticipantId',
      'ID',
      'During a consult transfer, of who asks and of who is asked: the participant who is asked first.',
    ),
    transferSource: maybe(
      t,
      'transferSource',
      'String',
      'How the call reached the agent, where it was transferred.',
    ),
    peer: maybe(
      t,
      'peer',
      'ID',
      'The communication at the other end of this leg: an id of a communication, not of a participant.',
    ),
    provider: maybe(t, 'provider', 'String', 'What carries the call for Genesys Cloud, like `Edge`.'),
    parkTime: maybe(t, 'parkTime', 'DateTime', 'When it was parked last; it stays after it was resumed.'),
    resumeTime: maybe(t, 'resumeTime', 'DateTime', 'When a parked one is to be resumed.'),
    flaggedReason: maybe(
      t,
      'flaggedReason',
      FlaggedReason,
      'Why it has flagged the conversation; null when it has not.',
    ),
    rawFlaggedReason: raw(t, 'rawFlaggedReason', 'flaggedReason'),
    errorInfo: maybe(t, 'errorInfo', ErrorInfo, 'What went wrong, if anything.'),
    conversationRoutingData: maybe(
      t,
      'conversationRoutingData',
      ConversationRoutingData,
      'How the call finds its agent.',
    ),
    journeyContext: maybe(t, 'journeyContext', JourneyContext, 'How the customer came to the call.'),
    disposition: maybe(t, 'disposition', Disposition, 'Who, or what, answered an outbound call.'),
    documentId: maybe(t, 'documentId', 'ID', 'Of a fax: the id of its document.'),
    faxStatus: maybe(t, 'faxStatus', FaxStatus, 'Of a fax: how it goes.'),
    uuiData: maybe(
      t,
      'uuiData',
      'String',
      'Data that came with the call from the telephone network, from user to user (RFC 7433).',
    ),
    clientIpAddress: maybe(
      t,
      'clientIpAddress',
      'String',
      'The address of the app through which it takes part, where Genesys Cloud tells.',
    ),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      description:
        'When this state was true. Strictly increasing per participant: of two states of a participant keep the one ' +
        'with the later `observedAt`, wherever they came from.',
    }),
  }),
});
