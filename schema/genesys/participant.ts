/** A participant of a conversation: who it is, what it is doing, and how it got there. */
import { type builder, IN_PLACE, keyedBy, paragraphs } from '../builder.ts';
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
import type { CallMediaParticipant as ParticipantModel } from './model.ts';
import { CallMediaParticipant } from './refs.ts';
import {
  DisconnectType,
  FlaggedReason,
  ParticipantPurpose,
  ParticipantState,
  RecorderState,
  WrapupPrompt,
} from './words.ts';

type Fields = PothosSchemaTypes.ObjectFieldBuilder<typeof builder.$inferSchemaTypes, ParticipantModel>;
type Named<Value> = {
  [Name in keyof ParticipantModel]: ParticipantModel[Name] extends Value ? Name : never;
}[keyof ParticipantModel];

/** A moment that may not have come. */
function time(t: Fields, name: Named<number | null>, description: string) {
  return t.field({
    type: 'DateTime',
    nullable: true,
    description,
    extensions: IN_PLACE,
    resolve: (participant) => participant[name],
  });
}

/** Something of the organisation that it points to. */
function entity(t: Fields, name: Named<ParticipantModel['user']>, description: string) {
  return t.field({
    type: EntityReference,
    nullable: true,
    description,
    extensions: IN_PLACE,
    resolve: (participant) => participant[name],
  });
}

/** What Genesys Cloud wrote where an enum shows its meaning. */
function raw(t: Fields, name: Named<string | null>, of: string) {
  return t.exposeString(name, { nullable: true, description: `\`${of}\` as Genesys Cloud wrote it.` });
}

CallMediaParticipant.implement({
  description: paragraphs(
    'A participant of a Genesys Cloud conversation, on the call medium: a customer, an agent, but also the queue and ' +
      'the menu that the call went through. Whoever left stays in the list.',
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
    name: t.exposeString('name', { nullable: true, description: 'Name to show.' }),
    address: t.exposeString('address', {
      nullable: true,
      description:
        'Where it is reached, like `tel:+61370151234` or `sip:…`. `number` is the bare number in it.',
    }),
    purpose: t.expose('purpose', {
      type: ParticipantPurpose,
      nullable: true,
      description: 'What it is there for.',
    }),
    rawPurpose: raw(t, 'rawPurpose', 'purpose'),
    state: t.expose('state', { type: ParticipantState, nullable: true, description: 'What it is doing.' }),
    rawState: raw(t, 'rawState', 'state'),
    direction: t.expose('direction', {
      type: Direction,
      nullable: true,
      description: 'Whether this leg came in or goes out.',
    }),
    rawDirection: raw(t, 'rawDirection', 'direction'),
    startTime: time(t, 'startTime', 'When it joined the conversation.'),
    startAlertingTime: time(t, 'startAlertingTime', 'When it began to ring.'),
    connectedTime: time(t, 'connectedTime', 'When it was connected.'),
    endTime: time(t, 'endTime', 'When it left the call.'),
    disconnectType: t.expose('disconnectType', {
      type: DisconnectType,
      nullable: true,
      description: 'Why it left; null while it has not.',
    }),
    rawDisconnectType: raw(t, 'rawDisconnectType', 'disconnectType'),
    held: t.exposeBoolean('held', {
      nullable: true,
      description: 'Whether the call is on hold for it. Its `state` stays `CONNECTED`.',
    }),
    startHoldTime: time(t, 'startHoldTime', 'When the hold began; it may stay after the hold has ended.'),
    muted: t.exposeBoolean('muted', {
      nullable: true,
      description: 'Whether it is muted: the others do not hear it.',
    }),
    confined: t.exposeBoolean('confined', {
      nullable: true,
      description: 'Whether it is cut off from the others of a conference.',
    }),
    recording: t.exposeBoolean('recording', {
      nullable: true,
      description: 'Whether a recording of it is under way, also while it is paused.',
    }),
    recordingState: t.expose('recordingState', {
      type: RecorderState,
      nullable: true,
      description: 'The state of that recording.',
    }),
    rawRecordingState: raw(t, 'rawRecordingState', 'recordingState'),
    recordersState: t.expose('recordersState', {
      type: RecordersState,
      nullable: true,
      description: 'The same for each of those who record.',
    }),
    securePause: t.exposeBoolean('securePause', {
      nullable: true,
      description: 'Whether its recording is paused while something secret is said.',
    }),
    user: entity(t, 'user', 'The user it is, where it is one.'),
    queue: entity(t, 'queue', 'The queue it came through, or is.'),
    team: entity(t, 'team', 'The team of the user when they joined.'),
    group: entity(t, 'group', 'The group that was called.'),
    script: entity(t, 'script', 'The script that guides the agent.'),
    externalContact: entity(t, 'externalContact', 'The contact it is, where a contact was found or chosen.'),
    externalContactInitialDivisionId: t.exposeID('externalContactInitialDivisionId', {
      nullable: true,
      description:
        'The division that the contact was in at first. It stays when the contact is given to another.',
    }),
    externalOrganization: entity(t, 'externalOrganization', 'The organisation of that contact.'),
    ani: t.exposeString('ani', {
      nullable: true,
      description: 'The number that calls on this leg, like `tel:+61370151234`.',
    }),
    dnis: t.exposeString('dnis', { nullable: true, description: 'The number that is called on this leg.' }),
    attributes: t.expose('attributes', {
      type: [CallAttribute],
      description: 'Values attached to it, in the order of their names.',
      extensions: { usualLength: 5 },
    }),
    wrapupRequired: t.exposeBoolean('wrapupRequired', {
      nullable: true,
      description: 'Whether this agent owes a wrap-up of the call.',
    }),
    wrapupPrompt: t.expose('wrapupPrompt', {
      type: WrapupPrompt,
      nullable: true,
      description: 'How the agent is to be asked for it.',
    }),
    rawWrapupPrompt: raw(t, 'rawWrapupPrompt', 'wrapupPrompt'),
    wrapupTimeoutMs: t.exposeInt('wrapupTimeoutMs', {
      nullable: true,
      description: 'How long the agent has for it, in milliseconds.',
    }),
    wrapupSkipped: t.exposeBoolean('wrapupSkipped', {
      nullable: true,
      description: 'Whether the agent chose to give none.',
    }),
    wrapup: t.expose('wrapup', { type: Wrapup, nullable: true, description: 'What the agent noted.' }),
    startAcwTime: time(t, 'startAcwTime', 'When the work after the call began.'),
    endAcwTime: time(t, 'endAcwTime', 'When the work after the call ended.'),
    alertingTimeoutMs: t.exposeInt('alertingTimeoutMs', {
      nullable: true,
      description: 'How long it rings before the agent counts as not responding, in milliseconds.',
    }),
    mediaRoles: t.exposeStringList('mediaRoles', {
      description: 'The parts its audio has had, like `monitor` or `coach`.',
    }),
    monitoredParticipantId: t.exposeID('monitoredParticipantId', {
      nullable: true,
      description: 'Of a supervisor who listens in: whom they listen to.',
    }),
    coachedParticipantId: t.exposeID('coachedParticipantId', {
      nullable: true,
      description: 'Of a supervisor who coaches: whom they speak to, unheard by the others.',
    }),
    bargedParticipantId: t.exposeID('bargedParticipantId', {
      nullable: true,
      description: 'Of a supervisor who has barged in: whose call it was.',
    }),
    bargedTime: time(t, 'bargedTime', 'When they barged in.'),
    consultParticipantId: t.exposeID('consultParticipantId', {
      nullable: true,
      description: 'During a consult transfer: the participant who is asked first.',
    }),
    transferSource: t.exposeString('transferSource', {
      nullable: true,
      description: 'How the call reached the agent, where it was transferred.',
    }),
    peer: t.exposeID('peer', {
      nullable: true,
      description:
        'The communication at the other end of this leg: an id of a communication, not of a participant.',
    }),
    provider: t.exposeString('provider', {
      nullable: true,
      description: 'What carries the call for Genesys Cloud, like `Edge`.',
    }),
    parkTime: time(t, 'parkTime', 'When it was parked last; it stays after it was resumed.'),
    resumeTime: time(t, 'resumeTime', 'When a parked one is to be resumed.'),
    flaggedReason: t.expose('flaggedReason', {
      type: FlaggedReason,
      nullable: true,
      description: 'Why it has flagged the conversation; null when it has not.',
    }),
    rawFlaggedReason: raw(t, 'rawFlaggedReason', 'flaggedReason'),
    errorInfo: t.expose('errorInfo', {
      type: ErrorInfo,
      nullable: true,
      description: 'What went wrong, if anything.',
    }),
    conversationRoutingData: t.expose('conversationRoutingData', {
      type: ConversationRoutingData,
      nullable: true,
      description: 'How the call finds its agent.',
    }),
    journeyContext: t.expose('journeyContext', {
      type: JourneyContext,
      nullable: true,
      description: 'How the customer came to the call.',
    }),
    disposition: t.expose('disposition', {
      type: Disposition,
      nullable: true,
      description: 'Who, or what, answered an outbound call.',
    }),
    documentId: t.exposeID('documentId', {
      nullable: true,
      description: 'Of a fax: the id of its document.',
    }),
    faxStatus: t.expose('faxStatus', {
      type: FaxStatus,
      nullable: true,
      description: 'Of a fax: how it goes.',
    }),
    uuiData: t.exposeString('uuiData', {
      nullable: true,
      description: 'Data that came with the call from the telephone network, from user to user (RFC 7433).',
    }),
    clientIpAddress: t.exposeString('clientIpAddress', {
      nullable: true,
      description: 'The address of the app through which it takes part, where Genesys Cloud tells.',
    }),
    observedAt: t.expose('observedAt', {
      type: 'DateTime',
      description:
        'When this state was true. Strictly increasing per participant: of two states of a participant keep the one ' +
        'with the later `observedAt`, wherever they came from.',
    }),
  }),
});
