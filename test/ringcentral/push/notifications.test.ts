/** What notifications tell, in RingCentral's shapes. */
import { expect, test } from 'vitest';
import type { CallParty } from '../../../schema/model.ts';
import { readSessionNews } from '../../../src/ringcentral/push/notifications.ts';
import { toParty } from '../../../src/ringcentral/translate.ts';

const AT = 1_700_000_000_000;
const ignore = () => {};
const party = (changes: object) => ({
  id: 'p-1-2',
  accountId: '701000004',
  extensionId: '701001004',
  direction: 'Inbound',
  to: { phoneNumber: '+12025550110', name: 'Iris Vance', extensionId: '701001004' },
  from: { phoneNumber: '+12025550147' },
  status: { code: 'Answered', rcc: false },
  ...changes,
});
const event = (changes: object, ...parties: unknown[]) => ({
  sequence: 5,
  sessionId: '51520001004',
  telephonySessionId: 's-1',
  eventTime: '2026-03-04T15:20:01.511Z',
  origin: { type: 'Call' },
  parties,
  ...changes,
});
/** The party as a read of the session would show it. */
const known: CallParty = toParty(
  {
    ...party({}),
    muted: true,
    owner: { accountId: '701000004', extensionId: '701001004', brandId: '1210' },
    attributes: { queueCall: true, emergencyCallback: false },
    recordings: [{ id: '9', active: true, mode: 'OnDemand', view: 'Party' }],
    park: { id: '*801' },
    status: { code: 'Parked', parkData: '*801', reason: 'CallPark' },
  },
  's-1',
  AT - 1,
);
const only = (body: unknown) => {
  const [news] = readSessionNews(body, AT, ignore);
  if (news === undefined) throw new Error('Nothing was told.');
  return news;
};

test('A key that is missing says nothing, an empty one resets, and the status is whole', () => {
  const news = only(event({}, party({ park: {}, recordings: [{ id: '9', active: false }] })));
  expect(news).toMatchObject({ sessionId: 's-1', partyId: 'p-1-2', sequence: 5, receivedAt: AT });
  expect(news.eventTime).toBe(Date.parse('2026-03-04T15:20:01.511Z'));
  expect(news.session).toEqual({ originType: 'CALL', rawOriginType: 'Call' });
  expect(news.party(known)).toEqual({
    ...known,
    observedAt: AT,
    park: null,
    recordings: [{ id: '9', active: false, mode: 'ON_DEMAND', view: 'PARTY' }],
    status: {
      ...known.status,
      code: 'ANSWERED',
      rawCode: 'Answered',
      reason: null,
      rawReason: null,
      parkData: null,
      rcc: false,
    },
  });
});

test('A party that is not known is what the event says', () => {
  expect(only(event({}, party({ queueCall: true }))).party(null)).toMatchObject({
    id: 'p-1-2',
    sessionId: 's-1',
    attributes: { queueCall: true, emergencyCallback: null },
    muted: null,
    recordings: [],
  });
});

test('The same number told with fewer words is the same end; another number is another end', () => {
  const withPhone = {
    ...known,
    to: { phoneNumber: '+12025550110', name: 'Iris', deviceId: '80', extensionId: '7' },
  };
  expect(only(event({}, party({ to: { phoneNumber: '+12025550110' } }))).party(withPhone).to).toEqual(
    withPhone.to,
  );
  expect(only(event({}, party({ to: { phoneNumber: '+1' } }))).party(withPhone).to).toEqual({
    phoneNumber: '+1',
    name: null,
    deviceId: null,
    extensionId: null,
  });
});

test('A party that went names where by the newer of the two ids', () => {
  const peerId = { telephonySessionId: 's-2', sessionId: '0', partyId: 'p-2-3' };
  const news = only(event({}, party({ status: { code: 'Gone', reason: 'Conference', peerId } })));
  expect(news.party(known).status.peerId).toEqual({ sessionId: 's-2', partyId: 'p-2-3' });
});

test('What cannot be read is left out and never an exception', () => {
  const left: string[] = [];
  const read = (body: unknown) => readSessionNews(body, AT, (kind) => left.push(kind));
  for (const body of [null, 1, 'x', [], {}, event({ sequence: 'x' }), event({ telephonySessionId: {} })]) {
    expect(read(body)).toEqual([]);
  }
  expect(read(event({ parties: 'none' }))).toEqual([]);
  expect(read(event({}, null, 3, { status: {} }, party({}))).map(({ partyId }) => partyId)).toEqual([
    'p-1-2',
  ]);
  expect(left).toEqual(['party', 'party', 'party']);
  expect(only(event({ sequence: '7' }, party({ to: { toString: 1 } }))).sequence).toBe(7);
});
