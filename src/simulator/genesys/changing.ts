/** The commands to one participant: answer, hold, mute, record, wrap up, hang up, and what is noted of them. */
import { type Action, act } from './acting.ts';
import { type Conversation, find } from './conversation.ts';
import {
  attributesIn,
  choiceIn,
  flagIn,
  type GenesysBody,
  numberIn,
  objectIn,
  textIn,
  textsIn,
} from './fields.ts';
import {
  accept,
  acting,
  type Change,
  type GenesysAnswer,
  type GenesysAsked,
  type GenesysOperation,
  havingTakenPart,
  inTurn,
  ok,
} from './operation.ts';
import { wrapupNameOf } from './organisation.ts';
import type { Participant, Wrapup } from './participant.ts';
import {
  badRequest,
  GenesysRefusal,
  invalidValue,
  missingPermissions,
  noParticipant,
  noResource,
  notNow,
} from './refusals.ts';

const CALL = '/api/v2/conversations/calls/{conversationId}';
const ANY = '/api/v2/conversations/{conversationId}';
const PARTICIPANT = '/participants/{participantId}';
const COMMUNICATION = `${PARTICIPANT}/communications/{communicationId}`;

const WRAPUP = 'conversation:participant:wrapup';
const RECORD = 'conversation:call:record';
const DISCONNECT = 'conversation:communication:disconnect';
const PATCH_PERMISSIONS = [WRAPUP, RECORD, DISCONNECT];

export const CHANGES: readonly GenesysOperation[] = [
  {
    operationId: 'patchConversationsCallParticipant',
    method: 'PATCH',
    path: `${CALL}${PARTICIPANT}`,
    permissions: PATCH_PERMISSIONS,
    handle: patchParticipant,
  },
  {
    operationId: 'patchConversationParticipant',
    method: 'PATCH',
    path: `${ANY}${PARTICIPANT}`,
    permissions: PATCH_PERMISSIONS,
    handle: patchParticipant,
  },
  {
    operationId: 'patchConversationsCallParticipantUserUserId',
    method: 'PATCH',
    path: `${CALL}${PARTICIPANT}/user/{userId}`,
    permissions: [...PATCH_PERMISSIONS, 'conversation:agentlessCall:add'],
    forApps: true,
    handle: patchParticipant,
  },
  ...[CALL, ANY].map(
    (path, index): GenesysOperation => ({
      operationId:
        ['patchConversationsCallParticipantAttributes', 'patchConversationParticipantAttributes'][index] ??
        '',
      method: 'PATCH',
      path: `${path}${PARTICIPANT}/attributes`,
      handle(asked) {
        const attributes = attributesIn(asked.body, 'attributes');
        if (attributes === undefined) throw badRequest('The attributes are missing');
        accept(asked, acting(asked), on(asked, { name: 'attributes', attributes }));
        return { status: 202, body: { attributes } };
      },
    }),
  ),
  {
    operationId: 'patchConversationsCallParticipantCommunication',
    method: 'PATCH',
    path: `${CALL}${COMMUNICATION}`,
    handle(asked) {
      const conversation = acting(asked);
      communication(asked, conversation);
      if (asked.body.state !== 'disconnected') {
        const message = 'The state of the communication is required, and can only be disconnected';
        throw new GenesysRefusal(400, 'communication.state.required', message);
      }
      accept(asked, conversation, on(asked, { name: 'disconnect', disconnectType: 'client' }));
      return ok({});
    },
  },
  {
    operationId: 'putConversationsCallParticipantCommunicationUuidata',
    method: 'PUT',
    path: `${CALL}${COMMUNICATION}/uuidata`,
    handle(asked) {
      const conversation = acting(asked);
      communication(asked, conversation);
      const uuiData = textIn(asked.body, 'uuiData');
      if (uuiData === undefined) throw badRequest('The uuiData is missing');
      accept(asked, conversation, on(asked, { name: 'uuiData', uuiData }));
      return { status: 204 };
    },
  },
  {
    operationId: 'postConversationsCallParticipantCommunicationWrapup',
    method: 'POST',
    path: `${CALL}${COMMUNICATION}/wrapup`,
    permissions: [WRAPUP],
    handle(asked) {
      const conversation = havingTakenPart(asked);
      communication(asked, conversation);
      return accept(
        asked,
        conversation,
        on(asked, { name: 'wrapUp', wrapup: wrapupIn(asked.body, asked.centre.now()) }),
      );
    },
  },
  {
    operationId: 'patchConversationsAftercallworkConversationIdParticipantCommunication',
    method: 'PATCH',
    path: `/api/v2/conversations/aftercallwork/{conversationId}${COMMUNICATION}`,
    permissions: [WRAPUP],
    handle(asked) {
      const conversation = acting(asked);
      communication(asked, conversation);
      const required = flagIn(asked.body, 'afterCallWorkRequired');
      if (required === undefined) throw badRequest('afterCallWorkRequired is missing');
      accept(asked, conversation, on(asked, { name: 'requireWork', required }));
      return ok({ afterCallWorkRequired: required });
    },
  },
  {
    operationId: 'postConversationsCallParticipantSnippetRecord',
    method: 'POST',
    path: `${CALL}${PARTICIPANT}/snippet/record`,
    permissions: ['conversation:recording:snippetRecord'],
    handle(asked) {
      const kind = choiceIn(asked.body, 'type', ['snippet', 'adhoc']) ?? 'snippet';
      const record = flagIn(asked.body, 'record');
      if (record === undefined) throw badRequest('record is missing');
      const action: Action =
        kind === 'snippet' ? { name: 'snippet', record } : { name: 'record', recording: record };
      accept(asked, acting(asked), on(asked, action));
      return ok({ type: kind, record });
    },
  },
  {
    operationId: 'postConversationParticipantDigits',
    method: 'POST',
    path: `${ANY}${PARTICIPANT}/digits`,
    handle(asked) {
      const digits = textIn(asked.body, 'digits');
      if (digits === undefined || !/^[\d*#A-Da-d,]{1,100}$/.test(digits))
        throw invalidValue('digits', asked.body.digits);
      return accept(asked, acting(asked), on(asked, { name: 'digits', digits }));
    },
  },
  {
    operationId: 'putConversationParticipantFlaggedreason',
    method: 'PUT',
    path: `${ANY}${PARTICIPANT}/flaggedreason`,
    handle: (asked) => accept(asked, acting(asked), on(asked, { name: 'flag', reason: 'general' })),
  },
  {
    operationId: 'deleteConversationParticipantFlaggedreason',
    method: 'DELETE',
    path: `${ANY}${PARTICIPANT}/flaggedreason`,
    handle: (asked) => accept(asked, acting(asked), on(asked, { name: 'flag', reason: null })),
  },
];

/** The action of a request, on the participant of its path. */
function on({ params }: GenesysAsked, action: Action): Change {
  return (conversation, at) => act(conversation, params.participantId ?? '', action, at);
}

/** The participant whose communication the path names. */
function communication({ params }: GenesysAsked, conversation: Conversation): Participant {
  const participant = find(conversation, params.participantId ?? '');
  if (participant === undefined) throw noParticipant(params.participantId ?? '');
  if (participant.communicationId !== params.communicationId) throw noResource('communication');
  return participant;
}

/** Several wishes at once, as far as they are there. */
function patchParticipant(asked: GenesysAsked): GenesysAnswer {
  const { body, params, viewer, centre } = asked;
  // A wrap-up can be made better after everything is over.
  const isWrapup = body.wrapup !== undefined && Object.keys(body).length === 1;
  const conversation = isWrapup ? havingTakenPart(asked) : acting(asked);
  const one = find(conversation, params.participantId ?? '');
  if (one === undefined) throw noParticipant(params.participantId ?? '');
  const isOwn = one.userId === viewer.id;
  const state = choiceIn(body, 'state', ['connected', 'disconnected']);
  const [muted, held, confined, recording, skipped] = [
    'muted',
    'held',
    'confined',
    'recording',
    'wrapupSkipped',
  ].map((name) => flagIn(body, name));
  const wrapup = objectIn(body, 'wrapup');
  const resumeTime = textIn(body, 'resumeTime');
  const actions: Action[] = [
    ...(state === 'connected' ? [{ name: 'answer' } as const] : []),
    ...(resumeTime === undefined ? [] : [{ name: 'scheduleResume', resumeTime } as const]),
    ...(muted === undefined ? [] : [{ name: 'mute', muted } as const]),
    ...(held === undefined ? [] : [{ name: 'hold', held } as const]),
    ...(confined === undefined ? [] : [{ name: 'confine', confined } as const]),
    ...(recording === undefined ? [] : [{ name: 'record', recording } as const]),
    ...(skipped === true ? [{ name: 'skipWrapup' } as const] : []),
    ...(wrapup === undefined ? [] : [{ name: 'wrapUp', wrapup: wrapupIn(wrapup, centre.now()) } as const]),
    ...(state === 'disconnected'
      ? [{ name: 'disconnect', disconnectType: isOwn ? 'client' : 'system' } as const]
      : []),
  ];
  if (actions.length === 0) throw badRequest('The request changes nothing');
  if (!isOwn) {
    for (const { name } of actions) {
      const needed = FOR_OTHERS[name];
      if (needed !== undefined && !viewer.permissions.includes(needed)) throw missingPermissions([needed]);
    }
  }
  return accept(asked, conversation, inTurn(actions.map((action) => on(asked, action))));
}

/** What nobody does to another one without this permission. */
const FOR_OTHERS: Readonly<Partial<Record<Action['name'], string>>> = {
  record: RECORD,
  disconnect: DISCONNECT,
  wrapUp: WRAPUP,
  skipWrapup: WRAPUP,
};

/** @throws {GenesysRefusal} 400 where the code is missing, or there is none of its id. */
function wrapupIn(body: GenesysBody, now: number): Wrapup {
  const provisional = flagIn(body, 'provisional') ?? false;
  const code = textIn(body, 'code');
  if (code === undefined && !provisional) {
    throw notNow('wrapup.code.required', 'A wrap-up needs a code');
  }
  if (code !== undefined && wrapupNameOf(code) === undefined) throw invalidValue('code', code);
  const endTime = Date.parse(textIn(body, 'endTime') ?? '');
  return {
    ...{
      code: code ?? '',
      notes: textIn(body, 'notes') ?? null,
      tags: textsIn(body, 'tags') ?? [],
      provisional,
    },
    durationSeconds: numberIn(body, 'durationSeconds') ?? null,
    endTime: Number.isNaN(endTime) ? now : endTime,
  };
}
