/** What a participant has beside its state: errors, wrap-up, routing, the journey of a customer, faxes, call analysis. */
import { builder } from '../builder.ts';
import { EntityReference } from './entity.ts';
import { maybe, raw } from './fields.ts';
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
    code: maybe(t, 'code', 'String', 'The code of Genesys Cloud for it.'),
    message: maybe(t, 'message', 'String', 'The same in words.'),
  }),
});

/** What an agent noted. */
export const Wrapup = builder.objectRef<model.Wrapup>('Wrapup').implement({
  description: 'What an agent has noted of a call: its wrap-up.',
  fields: (t) => ({
    code: maybe(t, 'code', 'ID', 'Id of the wrap-up code.'),
    name: t.string({
      nullable: true,
      description:
        'Name of the wrap-up code. Read like `EntityReference.name` where the conversation does not tell it.',
      extensions: { readsElsewhere: true },
      resolve: ({ code, name }, _, { conversations }) =>
        code === null ? name : conversations.name({ kind: 'WRAPUP_CODE', id: code, name }),
    }),
    notes: maybe(t, 'notes', 'String', 'What the agent wrote.'),
    tags: t.exposeStringList('tags', { description: 'The tags that the agent chose.' }),
    durationSeconds: maybe(t, 'durationSeconds', 'Int', 'How long the work after the call took, in seconds.'),
    endTime: maybe(t, 'endTime', 'DateTime', 'When it was finished.'),
    provisional: maybe(t, 'provisional', 'Boolean', 'True when it was saved to be finished later.'),
  }),
});

const JourneyCustomer = builder
  .objectRef<NonNullable<model.JourneyContext['customer']>>('JourneyCustomer')
  .implement({
    description: 'Who the customer is to journey analytics. One customer may have several ids.',
    fields: (t) => ({
      id: maybe(t, 'id', 'ID', 'The id at that time.'),
      idType: maybe(t, 'idType', 'String', 'What kind of id it is, like `cookie`.'),
    }),
  });

const JourneyCustomerSession = builder
  .objectRef<NonNullable<model.JourneyContext['customerSession']>>('JourneyCustomerSession')
  .implement({
    description: 'What the customer was doing when the call came about, like a visit to the web site.',
    fields: (t) => ({
      id: maybe(t, 'id', 'ID', 'The id of the session.'),
      type: maybe(t, 'type', 'String', 'What kind of session, like `web` or `app`.'),
    }),
  });

type Action = NonNullable<model.JourneyContext['triggeringAction']>;

const JourneyActionMap = builder.objectRef<NonNullable<Action['actionMap']>>('JourneyActionMap').implement({
  description: 'The rule of journey analytics that led to an action.',
  fields: (t) => ({
    id: maybe(t, 'id', 'ID', 'The id of the rule.'),
    version: maybe(t, 'version', 'Int', 'Its version at that time.'),
  }),
});

const JourneyAction = builder.objectRef<Action>('JourneyAction').implement({
  description: 'What journey analytics did, and the call came of.',
  fields: (t) => ({
    id: maybe(t, 'id', 'ID', 'The id of the action.'),
    actionMap: maybe(t, 'actionMap', JourneyActionMap, 'The rule that led to it.'),
  }),
});

/** What is known of a customer's way to the call. */
export const JourneyContext = builder.objectRef<model.JourneyContext>('JourneyContext').implement({
  description: 'How a customer came to the call, as journey analytics of Genesys Cloud saw it.',
  fields: (t) => ({
    customer: maybe(t, 'customer', JourneyCustomer, 'The customer.'),
    customerSession: maybe(t, 'customerSession', JourneyCustomerSession, 'What they were doing.'),
    triggeringAction: maybe(t, 'triggeringAction', JourneyAction, 'What led to the call.'),
  }),
});

const ScoredAgent = builder.objectRef<model.ScoredAgent>('ScoredAgent').implement({
  description: 'An agent who is preferred for the call.',
  fields: (t) => ({
    agent: maybe(t, 'agent', EntityReference, 'The agent.'),
    score: maybe(t, 'score', 'Int', 'How well they fit, from 0 to 100; higher is better.'),
  }),
});

/** How a call finds an agent. */
export const ConversationRoutingData = builder
  .objectRef<model.ConversationRoutingData>('ConversationRoutingData')
  .implement({
    description: 'How a call finds its agent.',
    fields: (t) => ({
      queue: maybe(t, 'queue', EntityReference, 'The queue in which it waits.'),
      language: maybe(t, 'language', EntityReference, 'The language that the agent must speak.'),
      priority: maybe(t, 'priority', 'Int', 'How urgent it is: calls of a higher number come first.'),
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
      label: maybe(
        t,
        'label',
        'String',
        'The kind of work the call counts as, where an agent may have several at once.',
      ),
    }),
  });

/** How a fax goes. */
export const FaxStatus = builder.objectRef<model.FaxStatus>('FaxStatus').implement({
  description: 'How the transmission of a fax goes.',
  fields: (t) => ({
    direction: maybe(t, 'direction', FaxDirection, 'Whether it is sent or received.'),
    rawDirection: maybe(t, 'rawDirection', 'String', 'The same as Genesys Cloud wrote it.'),
    expectedPages: maybe(t, 'expectedPages', 'BigInt', 'How many pages it has, where that is known.'),
    activePage: maybe(t, 'activePage', 'BigInt', 'The page that is on its way.'),
    linesTransmitted: maybe(t, 'linesTransmitted', 'BigInt', 'How many lines are through.'),
    bytesTransmitted: maybe(t, 'bytesTransmitted', 'BigInt', 'How many bytes are through.'),
    baudRate: maybe(t, 'baudRate', 'BigInt', 'The speed of the line, in baud.'),
    pageErrors: maybe(t, 'pageErrors', 'BigInt', 'How many pages had an error.'),
    lineErrors: maybe(t, 'lineErrors', 'BigInt', 'How many lines had an error.'),
  }),
});

/** What is recorded, by each of those who record. */
export const RecordersState = builder.objectRef<model.RecordersState>('RecordersState').implement({
  description: 'What each recorder of a participant does.',
  fields: (t) => ({
    adhocState: maybe(
      t,
      'adhocState',
      RecorderState,
      'The recording that somebody asked for: `startRecordingCallMediaParticipant`.',
    ),
    rawAdhocState: raw(t, 'rawAdhocState', 'adhocState'),
    customerExperienceState: maybe(
      t,
      'customerExperienceState',
      RecorderState,
      'The recording of what the customer hears and says.',
    ),
    rawCustomerExperienceState: raw(t, 'rawCustomerExperienceState', 'customerExperienceState'),
    agentExperienceState: maybe(
      t,
      'agentExperienceState',
      RecorderState,
      'The recording of what the agent hears and says.',
    ),
    rawAgentExperienceState: raw(t, 'rawAgentExperienceState', 'agentExperienceState'),
    snippetState: maybe(t, 'snippetState', RecorderState, 'The recording of a piece of the call.'),
    rawSnippetState: raw(t, 'rawSnippetState', 'snippetState'),
  }),
});

const AdjustableLiveSpeakerDetection = builder
  .objectRef<model.AdjustableLiveSpeakerDetection>('AdjustableLiveSpeakerDetection')
  .implement({
    description: 'How call analysis listened for a live person before it was certain.',
    fields: (t) => ({
      mode: maybe(t, 'mode', LiveSpeakerMode, 'How it weighed speed against certainty.'),
      rawMode: maybe(t, 'rawMode', 'String', 'The same as Genesys Cloud wrote it.'),
      preconnectDuration: maybe(
        t,
        'preconnectDuration',
        'String',
        'How long it rang before the line was connected, as ISO 8601 duration like `PT30.8S`.',
      ),
      eventName: maybe(
        t,
        'eventName',
        'String',
        'What made it decide, like `line.connect` or `speech.generic`.',
      ),
      isPersonLikely: maybe(t, 'isPersonLikely', 'Boolean', 'Whether it is likely a person.'),
      totalRingbacks: maybe(t, 'totalRingbacks', 'Int', 'How often it rang.'),
      lineConnected: maybe(
        t,
        'lineConnected',
        'Boolean',
        'Whether the line was connected, by whomever or whatever.',
      ),
    }),
  });

const DispositionParameters = builder
  .objectRef<NonNullable<model.Disposition['dispositionParameters']>>('DispositionParameters')
  .implement({
    description: 'What a disposition was worked out from.',
    fields: (t) => ({
      adjustableLiveSpeakerDetection: maybe(
        t,
        'adjustableLiveSpeakerDetection',
        AdjustableLiveSpeakerDetection,
        'How call analysis listened for a live person.',
      ),
    }),
  });

const DispositionAmdTimeout = builder.objectRef<model.AmdTimeout>('DispositionAmdTimeout').implement({
  description: 'How long call analysis listened for an answering machine.',
  fields: (t) => ({
    timeoutMs: maybe(t, 'timeoutMs', 'Int', 'The limit, in milliseconds.'),
    timerStartEvent: maybe(
      t,
      'timerStartEvent',
      'String',
      'What the time counts from, like the start of speech.',
    ),
    timerStartTime: maybe(t, 'timerStartTime', 'DateTime', 'When it began.'),
    timerEndTime: maybe(t, 'timerEndTime', 'DateTime', 'When it ended.'),
  }),
});

const DispositionSilentCallTimeout = builder
  .objectRef<model.SilentCallTimeout>('DispositionSilentCallTimeout')
  .implement({
    description: 'How long call analysis waited on a silent line.',
    fields: (t) => ({
      timeoutMs: maybe(t, 'timeoutMs', 'Int', 'The limit, in milliseconds.'),
      timerStartTime: maybe(t, 'timerStartTime', 'DateTime', 'When it began.'),
      timerEndTime: maybe(t, 'timerEndTime', 'DateTime', 'When it ended.'),
    }),
  });

/** Who, or what, answered. */
export const Disposition = builder.objectRef<model.Disposition>('Disposition').implement({
  description: 'What call analysis found out about who, or what, answered an outbound call.',
  fields: (t) => ({
    name: maybe(
      t,
      'name',
      'String',
      'The result: a name of Genesys Cloud, or of the disposition table of the organisation.',
    ),
    analyzer: maybe(t, 'analyzer', 'String', 'The last finding that led to it.'),
    dispositionParameters: maybe(
      t,
      'dispositionParameters',
      DispositionParameters,
      'What it was worked out from.',
    ),
    detectedSpeechStart: maybe(t, 'detectedSpeechStart', 'DateTime', 'When somebody began to speak.'),
    detectedSpeechEnd: maybe(t, 'detectedSpeechEnd', 'DateTime', 'When they ended.'),
    amdTimeout: maybe(
      t,
      'amdTimeout',
      DispositionAmdTimeout,
      'How long call analysis listened for an answering machine.',
    ),
    silentCallTimeout: maybe(
      t,
      'silentCallTimeout',
      DispositionSilentCallTimeout,
      'How long call analysis waited on a silent line.',
    ),
  }),
});
