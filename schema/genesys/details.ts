/** What a participant has beside its state: errors, wrap-up, routing, the journey of a customer, faxes, call analysis. */
import { builder } from '../builder.ts';
import { EntityReference } from './entity.ts';
import type * as model from './model.ts';
import { FaxDirection, LiveSpeakerMode, RecorderState } from './words.ts';

/** An attribute of a participant. */
export const CallAttribute = builder.objectRef<model.CallAttribute>('CallAttribute').implement({
  description:
    'A value that a flow, a script or an app has attached to a participant. It is part of its participant and has no id ' +
    'of its own; names may be any text.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, unique among those of its participant.' }),
    value: t.exposeString('value', { description: 'Its text.' }),
  }),
});

/** What failed. */
export const ErrorInfo = builder.objectRef<model.ErrorInfo>('ErrorInfo').implement({
  description: 'What went wrong with the leg of a participant.',
  fields: (t) => ({
    code: t.exposeString('code', { nullable: true, description: 'The code of Genesys Cloud for it.' }),
    message: t.exposeString('message', { nullable: true, description: 'The same in words.' }),
  }),
});

/** What an agent noted. */
export const Wrapup = builder.objectRef<model.Wrapup>('Wrapup').implement({
  description: 'What an agent has noted of a call: its wrap-up.',
  fields: (t) => ({
    code: t.exposeID('code', { nullable: true, description: 'Id of the wrap-up code.' }),
    name: t.string({
      nullable: true,
      description:
        'Name of the wrap-up code. Read like `EntityReference.name` where the conversation does not tell it.',
      extensions: { readsElsewhere: true },
      resolve: ({ code, name }, _, { conversations }) =>
        code === null ? name : conversations.name({ kind: 'WRAPUP_CODE', id: code, name }),
    }),
    notes: t.exposeString('notes', { nullable: true, description: 'What the agent wrote.' }),
    tags: t.exposeStringList('tags', { description: 'The tags that the agent chose.' }),
    durationSeconds: t.exposeInt('durationSeconds', {
      nullable: true,
      description: 'How long the work after the call took, in seconds.',
    }),
    endTime: t.expose('endTime', { type: 'DateTime', nullable: true, description: 'When it was finished.' }),
    provisional: t.exposeBoolean('provisional', {
      nullable: true,
      description: 'True when it was saved to be finished later.',
    }),
  }),
});

const JourneyCustomer = builder
  .objectRef<NonNullable<model.JourneyContext['customer']>>('JourneyCustomer')
  .implement({
    description: 'Who the customer is to journey analytics. One customer may have several ids.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: true, description: 'The id at that time.' }),
      idType: t.exposeString('idType', {
        nullable: true,
        description: 'What kind of id it is, like `cookie`.',
      }),
    }),
  });

const JourneyCustomerSession = builder
  .objectRef<NonNullable<model.JourneyContext['customerSession']>>('JourneyCustomerSession')
  .implement({
    description: 'What the customer was doing when the call came about, like a visit to the web site.',
    fields: (t) => ({
      id: t.exposeID('id', { nullable: true, description: 'The id of the session.' }),
      type: t.exposeString('type', {
        nullable: true,
        description: 'What kind of session, like `web` or `app`.',
      }),
    }),
  });

type Action = NonNullable<model.JourneyContext['triggeringAction']>;

const JourneyActionMap = builder.objectRef<NonNullable<Action['actionMap']>>('JourneyActionMap').implement({
  description: 'The rule of journey analytics that led to an action.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: true, description: 'The id of the rule.' }),
    version: t.exposeInt('version', { nullable: true, description: 'Its version at that time.' }),
  }),
});

const JourneyAction = builder.objectRef<Action>('JourneyAction').implement({
  description: 'What journey analytics did, and the call came of.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: true, description: 'The id of the action.' }),
    actionMap: t.expose('actionMap', {
      type: JourneyActionMap,
      nullable: true,
      description: 'The rule that led to it.',
    }),
  }),
});

/** What is known of a customer's way to the call. */
export const JourneyContext = builder.objectRef<model.JourneyContext>('JourneyContext').implement({
  description: 'How a customer came to the call, as journey analytics of Genesys Cloud saw it.',
  fields: (t) => ({
    customer: t.expose('customer', { type: JourneyCustomer, nullable: true, description: 'The customer.' }),
    customerSession: t.expose('customerSession', {
      type: JourneyCustomerSession,
      nullable: true,
      description: 'What they were doing.',
    }),
    triggeringAction: t.expose('triggeringAction', {
      type: JourneyAction,
      nullable: true,
      description: 'What led to the call.',
    }),
  }),
});

const ScoredAgent = builder.objectRef<model.ScoredAgent>('ScoredAgent').implement({
  description: 'An agent who is preferred for the call.',
  fields: (t) => ({
    agent: t.expose('agent', { type: EntityReference, nullable: true, description: 'The agent.' }),
    score: t.exposeInt('score', {
      nullable: true,
      description: 'How well they fit, from 0 to 100; higher is better.',
    }),
  }),
});

/** How a call finds an agent. */
export const ConversationRoutingData = builder
  .objectRef<model.ConversationRoutingData>('ConversationRoutingData')
  .implement({
    description: 'How a call finds its agent.',
    fields: (t) => ({
      queue: t.expose('queue', {
        type: EntityReference,
        nullable: true,
        description: 'The queue in which it waits.',
      }),
      language: t.expose('language', {
        type: EntityReference,
        nullable: true,
        description: 'The language that the agent must speak.',
      }),
      priority: t.exposeInt('priority', {
        nullable: true,
        description: 'How urgent it is: calls of a higher number come first.',
      }),
      skills: t.expose('skills', {
        type: [EntityReference],
        description: 'What the agent must be able to do.',
        extensions: { usualLength: 3 },
      }),
      scoredAgents: t.expose('scoredAgents', {
        type: [ScoredAgent],
        description: 'Agents who are preferred.',
        extensions: { usualLength: 3 },
      }),
      label: t.exposeString('label', {
        nullable: true,
        description: 'The kind of work the call counts as, where an agent may have several at once.',
      }),
    }),
  });

/** How a fax goes. */
export const FaxStatus = builder.objectRef<model.FaxStatus>('FaxStatus').implement({
  description: 'How the transmission of a fax goes.',
  fields: (t) => ({
    direction: t.expose('direction', {
      type: FaxDirection,
      nullable: true,
      description: 'Whether it is sent or received.',
    }),
    rawDirection: t.exposeString('rawDirection', {
      nullable: true,
      description: 'The same as Genesys Cloud wrote it.',
    }),
    expectedPages: t.expose('expectedPages', {
      type: 'BigInt',
      nullable: true,
      description: 'How many pages it has, where that is known.',
    }),
    activePage: t.expose('activePage', {
      type: 'BigInt',
      nullable: true,
      description: 'The page that is on its way.',
    }),
    linesTransmitted: t.expose('linesTransmitted', {
      type: 'BigInt',
      nullable: true,
      description: 'How many lines are through.',
    }),
    bytesTransmitted: t.expose('bytesTransmitted', {
      type: 'BigInt',
      nullable: true,
      description: 'How many bytes are through.',
    }),
    baudRate: t.expose('baudRate', {
      type: 'BigInt',
      nullable: true,
      description: 'The speed of the line, in baud.',
    }),
    pageErrors: t.expose('pageErrors', {
      type: 'BigInt',
      nullable: true,
      description: 'How many pages had an error.',
    }),
    lineErrors: t.expose('lineErrors', {
      type: 'BigInt',
      nullable: true,
      description: 'How many lines had an error.',
    }),
  }),
});

/** What is recorded, by each of those who record. */
export const RecordersState = builder.objectRef<model.RecordersState>('RecordersState').implement({
  description: 'What each recorder of a participant does.',
  fields: (t) => ({
    adhocState: t.expose('adhocState', {
      type: RecorderState,
      nullable: true,
      description: 'The recording that somebody asked for: `startRecordingCallMediaParticipant`.',
    }),
    customerExperienceState: t.expose('customerExperienceState', {
      type: RecorderState,
      nullable: true,
      description: 'The recording of what the customer hears and says.',
    }),
    agentExperienceState: t.expose('agentExperienceState', {
      type: RecorderState,
      nullable: true,
      description: 'The recording of what the agent hears and says.',
    }),
    snippetState: t.expose('snippetState', {
      type: RecorderState,
      nullable: true,
      description: 'The recording of a piece of the call.',
    }),
  }),
});

const AdjustableLiveSpeakerDetection = builder
  .objectRef<model.AdjustableLiveSpeakerDetection>('AdjustableLiveSpeakerDetection')
  .implement({
    description: 'How call analysis listened for a live person before it was certain.',
    fields: (t) => ({
      mode: t.expose('mode', {
        type: LiveSpeakerMode,
        nullable: true,
        description: 'How it weighed speed against certainty.',
      }),
      rawMode: t.exposeString('rawMode', {
        nullable: true,
        description: 'The same as Genesys Cloud wrote it.',
      }),
      preconnectDuration: t.exposeString('preconnectDuration', {
        nullable: true,
        description: 'How long it rang before the line was connected, as ISO 8601 duration like `PT30.8S`.',
      }),
      eventName: t.exposeString('eventName', {
        nullable: true,
        description: 'What made it decide, like `line.connect` or `speech.generic`.',
      }),
      isPersonLikely: t.exposeBoolean('isPersonLikely', {
        nullable: true,
        description: 'Whether it is likely a person.',
      }),
      totalRingbacks: t.exposeInt('totalRingbacks', {
        nullable: true,
        description: 'How often it rang.',
      }),
      lineConnected: t.exposeBoolean('lineConnected', {
        nullable: true,
        description: 'Whether the line was connected, by whomever or whatever.',
      }),
    }),
  });

const DispositionParameters = builder
  .objectRef<NonNullable<model.Disposition['dispositionParameters']>>('DispositionParameters')
  .implement({
    description: 'What a disposition was worked out from.',
    fields: (t) => ({
      adjustableLiveSpeakerDetection: t.expose('adjustableLiveSpeakerDetection', {
        type: AdjustableLiveSpeakerDetection,
        nullable: true,
        description: 'How it was listened for a live person.',
      }),
    }),
  });

const DispositionAmdTimeout = builder.objectRef<model.AmdTimeout>('DispositionAmdTimeout').implement({
  description: 'How long it was listened for an answering machine.',
  fields: (t) => ({
    timeoutMs: t.exposeInt('timeoutMs', { nullable: true, description: 'The limit, in milliseconds.' }),
    timerStartEvent: t.exposeString('timerStartEvent', {
      nullable: true,
      description: 'What the time counts from, like the start of speech.',
    }),
    timerStartTime: t.expose('timerStartTime', {
      type: 'DateTime',
      nullable: true,
      description: 'When it began.',
    }),
    timerEndTime: t.expose('timerEndTime', {
      type: 'DateTime',
      nullable: true,
      description: 'When it ended.',
    }),
  }),
});

const DispositionSilentCallTimeout = builder
  .objectRef<model.SilentCallTimeout>('DispositionSilentCallTimeout')
  .implement({
    description: 'How long a silent line was waited on.',
    fields: (t) => ({
      timeoutMs: t.exposeInt('timeoutMs', { nullable: true, description: 'The limit, in milliseconds.' }),
      timerStartTime: t.expose('timerStartTime', {
        type: 'DateTime',
        nullable: true,
        description: 'When it began.',
      }),
      timerEndTime: t.expose('timerEndTime', {
        type: 'DateTime',
        nullable: true,
        description: 'When it ended.',
      }),
    }),
  });

/** Who, or what, answered. */
export const Disposition = builder.objectRef<model.Disposition>('Disposition').implement({
  description: 'What call analysis found out about who, or what, answered an outbound call.',
  fields: (t) => ({
    name: t.exposeString('name', {
      nullable: true,
      description: 'The result: a name of Genesys Cloud, or of the disposition table of the organisation.',
    }),
    analyzer: t.exposeString('analyzer', {
      nullable: true,
      description: 'The last finding that led to it.',
    }),
    dispositionParameters: t.expose('dispositionParameters', {
      type: DispositionParameters,
      nullable: true,
      description: 'What it was worked out from.',
    }),
    detectedSpeechStart: t.expose('detectedSpeechStart', {
      type: 'DateTime',
      nullable: true,
      description: 'When somebody began to speak.',
    }),
    detectedSpeechEnd: t.expose('detectedSpeechEnd', {
      type: 'DateTime',
      nullable: true,
      description: 'When they ended.',
    }),
    amdTimeout: t.expose('amdTimeout', {
      type: DispositionAmdTimeout,
      nullable: true,
      description: 'How long it was listened for an answering machine.',
    }),
    silentCallTimeout: t.expose('silentCallTimeout', {
      type: DispositionSilentCallTimeout,
      nullable: true,
      description: 'How long a silent line was waited on.',
    }),
  }),
});
