/** What the bodies of requests to Genesys Cloud are made of; only what is given is sent, so nothing else is changed by it. */
import * as z from 'zod';

const text = z.string().min(1, 'it must not be empty');
const time = z.iso.datetime('a time like 2026-03-04T15:20:30.000Z');
const speakTo = z.enum(['DESTINATION', 'OBJECT', 'BOTH', 'CONFERENCE']);
const phoneType = z.enum(['WorkPhone', 'CellPhone', 'HomePhone', 'OtherPhone']);

const someOf = (facts: object) => Object.values(facts).some((value) => value !== undefined);

/** Whom a new call goes to, and how. */
export const placedCall = z
  .strictObject({
    phoneNumber: text.optional(),
    callUserId: text.optional(),
    callQueueId: text.optional(),
    participants: z
      .array(z.strictObject({ address: text.optional(), userId: text.optional(), queueId: text.optional() }))
      .min(1)
      .optional(),
    conversationIds: z.array(text).min(1).optional(),
    callerId: text.optional(),
    callerIdName: text.optional(),
    callFromQueueId: text.optional(),
    priority: z.int().optional(),
    languageId: text.optional(),
    routingSkillsIds: z.array(text).optional(),
    attributes: z.record(z.string(), z.string()).optional(),
    uuiData: z.string().optional(),
    externalContactId: text.optional(),
    label: z.string().optional(),
  })
  .refine(
    ({ phoneNumber, callUserId, callQueueId, participants, conversationIds }) => {
      const single = [phoneNumber, callUserId, callQueueId].filter((one) => one !== undefined).length;
      return single === 0 ? someOf({ participants, conversationIds }) : single === 1;
    },
    { path: ['to'], message: 'exactly one destination, or those of a conference' },
  );

/** Ends the conversation. */
export const conversationChange = z.strictObject({ state: z.literal('disconnected') });

/** Conversations that join another. */
export const conversationIds = z.strictObject({
  conversationIds: z.array(text).min(1, 'at least one conversation'),
});

/** Secure pause. */
export const recordingState = z.strictObject({ recordingState: z.enum(['ACTIVE', 'PAUSED']) });

/** Those who are called into a conversation. */
export const conferenceMembers = z.strictObject({
  participants: z
    .array(z.strictObject({ address: text.optional(), userId: text.optional(), queueId: text.optional() }))
    .min(1, 'at least one participant'),
});

/** What an agent notes after the call. */
export const wrapup = z
  .strictObject({
    code: text.optional(),
    notes: z.string().optional(),
    tags: z.array(z.string()).optional(),
    durationSeconds: z.int().nonnegative().optional(),
    endTime: time.optional(),
    provisional: z.boolean().optional(),
    disableEndTimeUpdates: z.boolean().optional(),
  })
  .refine(({ code, provisional }) => code !== undefined || provisional === true, {
    path: ['code'],
    message: 'a wrap-up code, unless it is provisional',
  });

/** One change of a participant. */
export const participantChange = z
  .strictObject({
    state: z.enum(['connected', 'disconnected']).optional(),
    muted: z.boolean().optional(),
    held: z.boolean().optional(),
    recording: z.boolean().optional(),
    confined: z.boolean().optional(),
    wrapup: wrapup.optional(),
    wrapupSkipped: z.literal(true).optional(),
    resumeTime: time.optional(),
  })
  .refine(someOf, 'something to change');

/** Hangs a communication up; nothing else can be asked of it. */
export const communicationChange = z.strictObject({ state: z.literal('disconnected') });

/** Facts about a call, by name. */
export const attributes = z.strictObject({ attributes: z.record(z.string(), z.string()) });

export const uuiData = z.strictObject({ uuiData: z.string() });

export const afterCallWork = z.strictObject({ afterCallWorkRequired: z.boolean() });

const transferType = z.enum(['Attended', 'Unattended']);

/** To the voicemail of whoever is replaced. */
export const voicemail = z.strictObject({
  voicemail: z.literal(true),
  transferType: transferType.optional(),
});

/** Blind, to whoever is named so. */
export function transferOf(target: 'userId' | 'queueId' | 'contactId' | 'address') {
  return z.strictObject({
    [target]: text,
    ...(target === 'contactId' && { phoneType: phoneType.optional() }),
    transferType: transferType.optional(),
  });
}

/** Asked first. */
export function consultOf(target: 'userId' | 'queueId' | 'contactId' | 'address') {
  return z.strictObject({
    [target]: text,
    ...(target === 'contactId' && { phoneType: phoneType.optional() }),
    speakTo: speakTo.optional(),
    consultingUserId: text.optional(),
  });
}

export const consultUpdate = z.strictObject({ speakTo, consultingUserId: text.optional() });

export const snippet = z.strictObject({ type: z.enum(['snippet', 'adhoc']), record: z.boolean() });

/** What a phone has keys for, and pauses. */
export const digits = z.strictObject({
  digits: z.string().regex(/^[0-9A-D*#,]+$/i, 'digits, A to D, * and #, and commas for pauses'),
});
