/** A call that rings: take it, send it away, or answer with words. */
import { addEnum, builder } from './builder.ts';
import { checkId, checkTarget, refusal } from './checks.ts';
import { addCommand, CallPartyPayload, onParty, partyOf } from './command.ts';
import { REPLY_PATTERNS, REPLY_TIME_UNITS, type ReplyMessage, type ReplyPattern } from './provider.ts';

const ReplyPatternName = addEnum('ReplyPatternName', REPLY_PATTERNS, {
  description: 'A ready-made message to the caller.',
  values: {
    WILL_CALL_YOU_BACK: 'I will call you back, in the time given.',
    CALL_ME_BACK: 'Call me back, in the time given.',
    ON_MY_WAY: 'I am on my way.',
    ON_THE_OTHER_LINE: 'I am on the other line.',
    WILL_CALL_YOU_BACK_LATER: 'I will call you back later.',
    CALL_ME_BACK_LATER: 'Call me back later.',
    IN_A_MEETING: 'I am in a meeting.',
    ON_THE_OTHER_LINE_NO_CALL: 'I am on the other line; do not call.',
  },
});

const ReplyTimeUnit = addEnum('ReplyTimeUnit', REPLY_TIME_UNITS, {
  description: 'What `time` counts.',
  values: { MINUTE: 'Minutes.', HOUR: 'Hours.', DAY: 'Days.' },
});

const ReplyPatternInput = builder.inputType('ReplyPatternInput', {
  description:
    'A ready-made message. `time` and `timeUnit` come together, and only with `WILL_CALL_YOU_BACK` and ' +
    '`CALL_ME_BACK`.',
  fields: (t) => ({
    pattern: t.field({ type: ReplyPatternName, required: true, description: 'The message.' }),
    time: t.int({ description: 'In how many units of time, at least 1.' }),
    timeUnit: t.field({ type: ReplyTimeUnit, description: 'The unit.' }),
  }),
});

const ReplyMessageInput = builder.inputType('ReplyMessageInput', {
  isOneOf: true,
  description: 'What to tell the caller: exactly one of the two.',
  fields: (t) => ({
    text: t.string({ description: 'Your own words, at most 1000 characters.' }),
    pattern: t.field({ type: ReplyPatternInput, description: 'A ready-made message.' }),
  }),
});

const ForwardTargetInput = builder.inputType('ForwardTargetInput', {
  isOneOf: true,
  description: 'Whom a ringing call goes to: exactly one of these.',
  fields: (t) => ({
    phoneNumber: t.string({ description: 'A phone number in E.164 format, like `+12025550147`.' }),
    extensionNumber: t.string({ description: 'An extension of the company, like `102`.' }),
    extensionId: t.id({ description: 'The same by its internal id.' }),
    voicemail: t.id({ description: 'The voicemail of the extension with this internal id.' }),
  }),
});

const device =
  'A phone of the user that is `ONLINE`, and of type `SOFT_PHONE`, `HARD_PHONE` or `WEB_PHONE`: see `viewer.devices`. A ' +
  'web phone that is not listed there knows its own id from its sign-in; the ids of mobile apps are not known.';

addCommand('answerCallParty', {
  description: [
    "Answers a ringing call on one of the user's devices. Also for calls that were forwarded, " +
      'transferred or flipped to the user, and for calls of a queue.',
    'The answer shows the party still `PROCEEDING`: it is `ANSWERED` once the device has taken the ' +
      'call, which a subscription shows. In a queue the other agents stop ringing then.',
  ],
  upstream: ['answerCallParty', 'POST /sessions/{telephonySessionId}/parties/{partyId}/answer', 'Light'],
  payload: CallPartyPayload,
  fields: (t) => ({ ...onParty(t), deviceId: t.id({ required: true, description: device }) }),
  command: ({ deviceId, ...party }) => ({ ...partyOf(party), deviceId: checkId(deviceId, 'deviceId') }),
});

addCommand('rejectCallParty', {
  description: [
    'Stops a ringing call from ringing this user. It is not a hang-up: the caller goes on hearing it ' +
      'ring until somebody else or voicemail takes the call. To end a call use `dropCallSession`; to ' +
      'pass on a call of a queue use `ignoreCallInQueue`.',
  ],
  upstream: ['rejectParty', 'POST /sessions/{telephonySessionId}/parties/{partyId}/reject', 'Light'],
  payload: CallPartyPayload,
  fields: onParty,
  command: partyOf,
});

addCommand('ignoreCallInQueue', {
  description: [
    'Passes a ringing call of a queue on to the next agent. Only for the party of an agent ' +
      '(`attributes.queueCall`) that is in `SETUP` or `PROCEEDING`; the caller stays in the queue.',
  ],
  upstream: ['ignoreCallInQueue', 'POST /sessions/{telephonySessionId}/parties/{partyId}/ignore', 'Light'],
  payload: CallPartyPayload,
  fields: (t) => ({
    ...onParty(t),
    deviceId: t.id({ required: true, description: 'The device that rings.' }),
  }),
  command: ({ deviceId, ...party }) => ({ ...partyOf(party), deviceId: checkId(deviceId, 'deviceId') }),
});

addCommand('replyToCallParty', {
  description: [
    'Answers a ringing call with a message instead of a voice. Only for an inbound party in `SETUP` or ' +
      '`PROCEEDING`; its reason becomes `CALL_REPLIED`.',
    "Known limit: whether the caller gets the message depends on their line, and RingCentral's own apps " +
      'do not rely on it.',
  ],
  upstream: ['replyParty', 'POST /sessions/{telephonySessionId}/parties/{partyId}/reply', 'Light'],
  payload: CallPartyPayload,
  fields: (t) => ({
    ...onParty(t),
    message: t.field({ type: ReplyMessageInput, required: true, description: 'What to tell the caller.' }),
  }),
  command: ({ message, ...party }) => ({ ...partyOf(party), message: replyOf(message) }),
});

addCommand('forwardCallParty', {
  description: [
    'Sends a ringing call to somebody else. Only in `SETUP` or `PROCEEDING`; once it is answered use ' +
      '`transferCallParty`.',
    'The addressed party becomes `DISCONNECTED` with reason `BLIND_TRANSFER`, and a new party for the ' +
      'target joins the same session; towards voicemail it becomes `VOICE_MAIL`. Both are success.',
  ],
  upstream: ['forwardCallParty', 'POST /sessions/{telephonySessionId}/parties/{partyId}/forward', 'Light'],
  payload: CallPartyPayload,
  fields: (t) => ({
    ...onParty(t),
    target: t.field({ type: ForwardTargetInput, required: true, description: 'Where it goes.' }),
  }),
  command: ({ target, ...party }) => ({ ...partyOf(party), target: checkTarget(target, 'target') }),
});

addCommand('pickupCallParty', {
  description: [
    "Picks up a parked call on one of the user's devices. Address the party that is `PARKED`; it then " +
      'moves to a new session on that device (`GONE`, see `peer`). From a park location the parked ' +
      'party may not show that.',
    'Known limit: RingCentral documents this for calls parked in a park location group that the user ' +
      'belongs to.',
  ],
  upstream: ['pickupCallParty', 'POST /sessions/{telephonySessionId}/parties/{partyId}/pickup', 'Light'],
  payload: CallPartyPayload,
  fields: (t) => ({ ...onParty(t), deviceId: t.id({ required: true, description: device }) }),
  command: ({ deviceId, ...party }) => ({ ...partyOf(party), deviceId: checkId(deviceId, 'deviceId') }),
});

const MAX_REPLY_LENGTH = 1_000; // characters

function replyOf(message: ReplyMessageShape): ReplyMessage {
  if (message.pattern !== undefined) return { pattern: patternOf(message.pattern) };
  if (message.text.trim() === '' || message.text.length > MAX_REPLY_LENGTH) {
    throw refusal('message.text', message.text, `1 to ${MAX_REPLY_LENGTH} characters, not all blank`);
  }
  return { text: message.text };
}

function patternOf({ pattern, time, timeUnit }: typeof ReplyPatternInput.$inferInput): ReplyPattern {
  const timeless = (time ?? null) === null && (timeUnit ?? null) === null;
  if (timeless) return { pattern };
  if (pattern !== 'WILL_CALL_YOU_BACK' && pattern !== 'CALL_ME_BACK') {
    throw refusal(
      'message.pattern.time',
      String(time ?? timeUnit),
      `none with ${pattern}: a time goes with WILL_CALL_YOU_BACK and CALL_ME_BACK only`,
    );
  }
  if (typeof time !== 'number' || time < 1 || !timeUnit) {
    throw refusal(
      'message.pattern.time',
      `${time ?? 'no time'} ${timeUnit ?? 'without a unit'}`,
      'a whole number from 1, together with a timeUnit',
    );
  }
  return { pattern, time, timeUnit };
}

type ReplyMessageShape = typeof ReplyMessageInput.$inferInput;
