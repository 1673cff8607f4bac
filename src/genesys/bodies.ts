/** What the bodies of requests to Genesys Cloud are made of; only what is given is sent, so nothing else is changed by it. */
import * as z from 'zod/mini';

const text = z.string().check(z.minLength(1, 'it must not be empty'));
const time = z.iso.datetime('a time like 2026-03-04T15:20:30.000Z');
const speakTo = z.enum(['DESTINATION', 'OBJECT', 'BOTH', 'CONFERENCE']);
const phoneType = z.enum(['WorkPhone', 'CellPhone', 'HomePhone', 'OtherPhone']);

const member = z.strictObject({
  address: z.optional(text),
  userId: z.optional(text),
  queueId: z.optional(text),
});

const someOf = (facts: object) => Object.values(facts).some((value) => value !== undefined);

/** Whom a new call goes to, and how. */
export const placedCall = z
  .strictObject({
    phoneNumber: z.optional(text),
    callUserId: z.optional(text),
    callQueueId: z.optional(text),
    participants: z.optional(z.array(member).check(z.minLength(1))),
    conversationIds: z.optional(z.array(text).check(z.minLength(1))),
    callerId: z.optional(text),
    callerIdName: z.optional(text),
    callFromQueueId: z.optional(text),
    priority: z.optional(z.int()),
    languageId: z.optional(text),
    routingSkillsIds: z.optional(z.array(text)),
    attributes: z.optional(z.record(z.string(), z.string())),
    uuiData: z.optional(z.string()),
    externalContactId: z.optional(text),
    label: z.optional(z.string()),
  })
  .check(
    z.refine(
      ({ phoneNumber, callUserId, callQueueId, participants, conversationIds }) => {
        const single = [phoneNumber, callUserId, callQueueId].filter((one) => one !== undefined).length;
        return single === 0 ? someOf({ participants, conversationIds }) : single === 1;
      },
      { path: ['to'], message: 'exactly one destination, or those of a conference' },
    ),
  );

/** Ends the conversation. */
export const conversationChange = z.strictObject({ state: z.literal('disconnected') });

/** Conversations that join another. */
export const conversationIds = z.strictObject({
  conversationIds: z.array(text).check(z.minLength(1, 'at least one conversation')),
});

/** Secure pause. */
export const recordingState = z.strictObject({ recordingState: z.enum(['ACTIVE', 'PAUSED']) });

/** Those who are called into a conversation. */
export const conferenceMembers = z.strictObject({
  participants: z.array(member).check(z.minLength(1, 'at least one participant')),
});

/** What an agent notes after the call. */
export const wrapup = z
  .strictObject({
    code: z.optional(text),
    notes: z.optional(z.string()),
    tags: z.optional(z.array(z.string())),
    durationSeconds: z.optional(z.int().check(z.nonnegative())),
    endTime: z.optional(time),
    provisional: z.optional(z.boolean()),
    disableEndTimeUpdates: z.optional(z.boolean()),
  })
  .check(
    z.refine(({ code, provisional }) => code !== undefined || provisional === true, {
      path: ['code'],
      message: 'a wrap-up code, unless it is provisional',
    }),
  );

/** One change of a participant. */
export const participantChange = z
  .strictObject({
    state: z.optional(z.enum(['connected', 'disconnected'])),
    muted: z.optional(z.boolean()),
    held: z.optional(z.boolean()),
    recording: z.optional(z.boolean()),
    confined: z.optional(z.boolean()),
    wrapup: z.optional(wrapup),
    wrapupSkipped: z.optional(z.literal(true)),
    resumeTime: z.optional(time),
  })
  .check(z.refine(someOf, 'something to change'));

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
  transferType: z.optional(transferType),
});

/** Blind, to whoever is named so. */
export function transferOf(target: 'userId' | 'queueId' | 'contactId' | 'address') {
  return z.strictObject({
    [target]: text,
    ...(target === 'contactId' && { phoneType: z.optional(phoneType) }),
    transferType: z.optional(transferType),
  });
}

/** Asked first. */
export function consultOf(target: 'userId' | 'queueId' | 'contactId' | 'address') {
  return z.strictObject({
    [target]: text,
    ...(target === 'contactId' && { phoneType: z.optional(phoneType) }),
    speakTo: z.optional(speakTo),
    consultingUserId: z.optional(text),
  });
}

export const consultUpdate = z.strictObject({ speakTo, consultingUserId: z.optional(text) });

export const snippet = z.strictObject({ type: z.enum(['snippet', 'adhoc']), record: z.boolean() });

/** What a phone has keys for, and pauses. */
export const digits = z.strictObject({
  digits: z.string().check(z.regex(/^[0-9A-D*#,]+$/i, 'digits, A to D, * and #, and commas for pauses')),
});
