import { describe, expect, test } from 'vitest';
import { failureOfAnswer, penaltyOf } from '../../src/genesys/failures.ts';
import { OPERATIONS, type Operation } from '../../src/genesys/operations.ts';
import type { RawAnswer } from '../../src/upstream/failures.ts';
import { CORRELATION, errorBody } from './support.ts';

const NOW = Date.parse('2026-03-04T15:20:30Z');

function answer(status: number, body: unknown, headers: RawAnswer['headers'] = {}): RawAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, text, receivedAt: NOW, headers: { 'inin-correlation-id': CORRELATION, ...headers } };
}

const hold = OPERATIONS.patchConversationsCallParticipant;
const read = OPERATIONS.getConversationsCall;
const place = OPERATIONS.postConversationsCalls;
const monitor = OPERATIONS.postConversationsCallParticipantMonitor;

describe('A refusal with the code', () => {
  const wrongState = { name: 'WrongParticipantState', code: 'WRONG_CALL_STATE' };
  const input = (parameterName: string) => ({ name: 'BadUserInput', parameterName });
  const missing = (parameterName: string) => ({ name: 'CallNotFound', parameterName });
  const cells: readonly [status: number, code: string, operation: Operation, failure: object][] = [
    [400, 'conversation.error.hold.alerting', hold, wrongState],
    [400, 'conversation.error.call.disconnected', hold, wrongState],
    [400, 'conversation.error.cannot.disconnect.call', hold, wrongState],
    [400, 'conversation.error.cannot.confine.party', hold, wrongState],
    [400, 'conversation.error.cannot.create.conference', hold, wrongState],
    [400, 'conversation.error.cannot.merge.alerting.conference', hold, wrongState],
    [400, 'conversation.error.cannot.transfer.conference', hold, wrongState],
    [400, 'conversation.error.wrapup.cannot.skip', hold, wrongState],
    [400, 'conversation.error.consult.transfer.not.started', hold, wrongState],
    [400, 'conversation.error.consult.transfer.no.initiator', hold, wrongState],
    [404, 'conversation.error.consult.transfer.pending.not.found', hold, wrongState],
    [400, 'conversation.error.monitor.own.conversation', monitor, wrongState],
    [400, 'conversations.error.transfer.not.connected', hold, wrongState],
    [400, 'conversations.error.transfer.userCall.voicemail', hold, wrongState],
    [409, 'whatever.it.is', hold, wrongState],
    [400, 'conversation.error.wrapup.code.required', hold, input('code')],
    [400, 'conversation.error.empty.conversation.list', hold, input('conversationIds')],
    [400, 'conversations.error.queue.not.found', hold, input('queueId')],
    [400, 'conversations.error.transfer.same.party', hold, input('target')],
    [400, 'conversations.error.transfer.destination.required', hold, input('target')],
    [400, 'conversations.error.transfer.acd.call.unattended', hold, input('transferType')],
    [400, 'conversation.error.cannot.transfer.to.self', hold, input('target')],
    [400, 'conversation.error.consult.transfer.no.destination', hold, input('target')],
    [400, 'too.many.create.conversation.parameters', place, input('to')],
    [404, 'resource.not.found', place, input('to')],
    [404, 'conversation.error.conversation.not.found', read, missing('conversationId')],
    [404, 'not.found', read, missing('conversationId')],
    [404, 'not.found', hold, missing('participantId')],
    [404, 'resource.not.found', hold, missing('participantId')],
    [404, 'conversation.error.not.conversation.participant', hold, missing('participantId')],
    [401, 'bad.credentials', read, { name: 'Unauthenticated' }],
    [401, 'authentication.required', read, { name: 'Unauthenticated' }],
    [403, 'not.authorized', hold, { name: 'Forbidden', permissionName: undefined }],
    [403, 'conversation.error.forbidden.not.active.participant', hold, { name: 'Forbidden' }],
    [400, 'not.a.user', place, { name: 'Forbidden' }],
    [400, 'not.a.participant', hold, { name: 'Forbidden' }],
    [400, 'conversation.error.no.user.station', place, { name: 'BadUserInput' }],
    // Said with a 500, and certainly not done.
    [500, 'providerapi.error.station.no.active.edge', place, { name: 'BadUserInput' }],
    [500, 'internal.server.error', hold, { name: 'UpstreamUnavailable', sent: true }],
    [503, 'service.unavailable', hold, { name: 'UpstreamUnavailable', sent: true }],
    [504, 'request.timeout', hold, { name: 'UpstreamUnavailable', sent: true }],
    [415, 'unsupported.media.type', hold, { name: 'BadUserInput' }],
    [418, 'teapot', hold, { name: 'UpstreamBadResponse' }],
    // Names of what every object has.
    [400, 'constructor', hold, { name: 'BadUserInput' }],
    [400, 'conversation.error.toString', hold, { name: 'BadUserInput' }],
    [503, '__proto__', hold, { name: 'UpstreamUnavailable', sent: true }],
  ];
  for (const [status, code, operation, failure] of cells) {
    test(`${code} (${status}) of ${operation.id} is ${JSON.stringify(failure)}, with what support needs.`, () => {
      expect(failureOfAnswer(answer(status, errorBody(status, code)), operation)).toMatchObject({
        ...failure,
        trace: { system: 'genesys', errorCode: code, upstreamRequestId: CORRELATION, status },
      });
    });
  }

  test('missing.permissions names them, by the answer or else by the operation.', () => {
    const named = errorBody(403, 'missing.permissions', {
      messageParams: { permissions: 'conversation:call:monitor' },
    });
    expect(failureOfAnswer(answer(403, named), monitor)).toMatchObject({
      name: 'Forbidden',
      permissionName: 'conversation:call:monitor',
    });
    const listed = errorBody(403, 'missing.any.permissions', {
      messageParams: { permissions: ['a:b', 'c:d'] },
    });
    expect(failureOfAnswer(answer(403, listed), monitor)).toMatchObject({ permissionName: 'a:b, c:d' });
    expect(failureOfAnswer(answer(403, errorBody(403, 'missing.any.permissions')), place)).toMatchObject({
      permissionName: 'conversation:conference:add',
    });
  });

  test('invalid.value names the field of its details.', () => {
    const body = errorBody(400, 'invalid.value', {
      details: [{ errorCode: 'invalid', fieldName: 'priority' }],
    });
    expect(failureOfAnswer(answer(400, body), place)).toMatchObject(input('priority'));
  });
});

describe('An error body', () => {
  test('is not repeated beyond what an honest one can be.', () => {
    const long = 'x'.repeat(100_000);
    const body = errorBody(400, long, {
      contextId: long,
      details: [{ fieldName: long }],
      messageParams: { permissions: Array(100).fill(long) },
    });
    const refusals = [failureOfAnswer(answer(400, body), place), failureOfAnswer(answer(403, body), monitor)];
    expect(refusals).toMatchObject([{ name: 'BadUserInput' }, { name: 'Forbidden' }]);
    for (const refusal of refusals) expect(JSON.stringify(refusal).length).toBeLessThan(10_000);
  });

  test('that says little is read for the one inside of it.', () => {
    const inner = errorBody(400, 'conversation.error.hold.alerting');
    const middle = errorBody(400, 'general.bad.request', { errors: [inner] });
    const body = errorBody(400, 'bad.request', { errors: [middle] });
    expect(failureOfAnswer(answer(400, body), hold)).toMatchObject({
      name: 'WrongParticipantState',
      trace: { errorCode: 'conversation.error.hold.alerting' },
    });
  });

  test('that says enough is believed before those inside of it.', () => {
    const body = errorBody(400, 'conversation.error.wrapup.code.required', {
      errors: [errorBody(400, 'conversation.error.hold.alerting')],
    });
    expect(failureOfAnswer(answer(400, body), hold)).toMatchObject({ name: 'BadUserInput' });
  });

  test('without the header has its id in the body.', () => {
    const { trace } = failureOfAnswer(
      { ...answer(403, errorBody(403, 'not.authorized')), headers: {} },
      hold,
    );
    expect(trace.upstreamRequestId).toBe('context-1');
  });

  test('is decided by its code, whatever its text says.', () => {
    const body = errorBody(400, 'invalid.date', {
      message: 'conversation.error.hold.alerting: not found 403',
    });
    expect(failureOfAnswer(answer(400, body), hold)).toMatchObject({ name: 'BadUserInput' });
  });

  test.each([
    '',
    '<html>',
    '[]',
    '{"errors":[{"errors":[{"errors":[{"errors":[{}]}]}]}]}',
    'null',
    '{"code":7}',
  ])('of an odd shape is read for what it is worth: %s', (text) => {
    expect(failureOfAnswer(answer(400, text), hold)).toMatchObject({ name: 'BadUserInput' });
    expect(failureOfAnswer(answer(502, text), hold)).toMatchObject({ name: 'UpstreamUnavailable' });
    // Somebody else at that address.
    expect(failureOfAnswer(answer(404, text), hold)).toMatchObject({ name: 'UpstreamBadResponse' });
  });
});

describe('Too many requests', () => {
  test('are told with the time that the answer asks for, hours of a daily limit too.', () => {
    const body = errorBody(429, 'too.many.requests.retry.after');
    expect(failureOfAnswer(answer(429, body, { 'retry-after': '14400' }), hold)).toMatchObject({
      name: 'RateLimited',
      ...{ retryAfter: 14_400, retryAt: NOW + 14_400_000, sent: true },
    });
  });

  test('ask for three seconds where the answer names none, and for a day at most.', () => {
    expect(penaltyOf(answer(429, errorBody(429, 'too.many.requests')))).toBe(3_000);
    expect(penaltyOf(answer(429, '', { 'retry-after': '99999999' }))).toBe(86_400_000);
  });
});
