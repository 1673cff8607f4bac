/** What RingCentral says about sockets where it says something odd. */
import { expect, test } from 'vitest';
import { Forbidden } from '../../../schema/failures.ts';
import { addressIn, asRaw, disabledIn, refusalIn } from '../../../src/ringcentral/push/answers.ts';
import { NO_REPLAY, replayOf, withReplayed } from '../../../src/ringcentral/push/replay.ts';

/** Cannot be text, as JSON may say it. */
const ODD = JSON.parse('{"toString":7}');
const SERVER = 'https://platform.ringcentral.com';

test('An address that is no text is none.', () => {
  for (const uri of [ODD, [], true, '']) {
    expect(() => addressIn({ uri, ws_access_token: 't' }, SERVER, null)).toThrow(Forbidden);
  }
  expect(addressIn({ ws_access_token: 't' }, SERVER, null)).toBe(
    'wss://ws-api.ringcentral.com/ws?access_token=t',
  );
});

test('A refusal that does not say why is one all the same.', () => {
  const answer = {
    status: 400,
    headers: {},
    body: { errorCode: ODD, message: ODD, errors: [{ message: ODD }] },
  };
  expect(refusalIn(answer)).toEqual({ kind: 'denied', reason: 'RingCentral refused the subscription: 400' });
  const filters = [{ filter: ODD, reason: ODD }];
  expect(disabledIn({ status: 200, headers: {}, body: { disabledFilters: filters } })).toBe(
    'a filter (no reason given)',
  );
});

test('A header that is no text says nothing.', () => {
  const headers = { 'Retry-After': ODD, RCRequestId: 'r-1' };
  expect(asRaw({ status: 429, headers, body: null }).headers).toEqual({
    'retry-after': '',
    rcrequestid: 'r-1',
  });
});

test('A recovery that does not say when it was is none, and so is news without a time.', () => {
  expect(replayOf({ creationTime: ODD })).toBe(NO_REPLAY);
  const replay = replayOf({ creationTime: '2026-11-28T17:00:00.000Z' });
  expect(withReplayed(replay, { body: { eventTime: ODD } })).toBe(replay);
});
