/** What RingCentral tells by itself of a party, held against what is read of it. */
import { expect, test } from 'vitest';
import { observe } from '../../src/live/transitions.ts';
import { RINGCENTRAL_CALLS } from '../../src/ringcentral/call-shape.ts';
import { readSessionNews } from '../../src/ringcentral/push/notifications.ts';
import { toSession } from '../../src/ringcentral/translate.ts';

const OUTSIDE = { id: 'p-2', direction: 'Inbound', status: { code: 'Answered' } };

/** The call after news, of which nothing was known before, and what a first read then makes of it. */
function readAfterNews(news: object, body: object) {
  const [told] = readSessionNews(
    { telephonySessionId: 's-1', sequence: 3, eventTime: new Date(100).toISOString(), parties: [news] },
    100,
    () => {},
  );
  const before = observe(
    RINGCENTRAL_CALLS,
    null,
    {
      call: { ...toSession({ id: 's-1' }, 100), parties: told === undefined ? [] : [told.party(null)] },
      ...{ sentAt: 100, receivedAt: 100, only: 'p-2', news: { sequence: 3, eventTime: 100 } },
    },
    () => '',
  );
  const held = before.kind === 'changed' ? before.held : null;
  const call = toSession({ id: 's-1', parties: [body] }, 210);
  return observe(RINGCENTRAL_CALLS, held, { call, sentAt: 200, receivedAt: 210 }, () => '');
}

test('The account of a phone outside, which only news tell, stays as a first read leaves it out.', () => {
  expect(readAfterNews({ ...OUTSIDE, accountId: '7' }, OUTSIDE)).toMatchObject({
    kind: 'confirmed',
    held: { call: { parties: [{ accountId: '7', observedAt: 210 }] } },
  });
});

test('That a call waits in a queue stays known when a read says nothing of it, and changes when it does.', () => {
  const queued = { ...OUTSIDE, queueCall: true };
  const known = { queueCall: true, emergencyCallback: null };
  for (const body of [OUTSIDE, { ...OUTSIDE, attributes: {} }]) {
    expect(readAfterNews(queued, body)).toMatchObject({
      kind: 'confirmed',
      held: { call: { parties: [{ attributes: known }] } },
    });
  }
  expect(readAfterNews(queued, { ...OUTSIDE, attributes: { queueCall: false } })).toMatchObject({
    kind: 'changed',
    transitions: [{ party: { attributes: { ...known, queueCall: false } } }],
  });
});
