import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UpstreamBadResponse } from '../../schema/failures.ts';
import { findParticipant } from '../../schema/genesys/model.ts';
import {
  toCommunications,
  toConversation,
  toConversations,
  toNames,
  toUser,
  toWrapupCodes,
} from '../../src/genesys/translate.ts';
import { EVERY_FIELD, EVERY_FIELD_READ } from './every-field.ts';

const AT = 1_772_637_630_000;
const time = (text: string) => Date.parse(`2026-03-04T${text}Z`);

/** One participant of a conversation that has nothing else. */
function participant(wire: object) {
  const { participants } = toConversation({ id: 'c-1', participants: [{ id: 'p-1', ...wire }] }, AT);
  return participants[0];
}

describe('A conversation', () => {
  test('has every field of a participant that a read sets.', () => {
    expect(participant(EVERY_FIELD)).toEqual({ ...EVERY_FIELD_READ, observedAt: AT });
  });

  test('of which nothing is said but its id has nothing, and lacks no field.', () => {
    const bare = participant({});
    expect(Object.keys(bare ?? {}).sort()).toEqual([...Object.keys(EVERY_FIELD_READ)].sort());
    const known = Object.entries(bare ?? {}).filter(([, value]) => value !== null);
    expect(Object.fromEntries(known)).toEqual({
      ...{ id: 'p-1', conversationId: 'c-1', mediaRoles: [], attributes: [], observedAt: AT },
    });
  });

  test('has its own fields.', () => {
    expect(
      toConversation(
        {
          ...{ id: 'c-1', name: 'Call', otherMediaUris: ['/api/v2/conversations/chats/c-1'] },
          recentTransfers: [
            {
              ...{ id: 't-1', state: 'Pending', dateIssued: '2026-03-04T15:20:30.500Z' },
              ...{ initiator: { userId: 'u-1' }, modifiedBy: { id: 't-2' }, transferType: 'Unattended' },
              destination: { userId: 'u-2', address: 'sip:x' },
            },
          ],
          divisions: [{ division: { id: 'd-1' }, entities: [{ id: 'e-1' }] }],
          ...{ utilizationLabelId: 'l-1', inactivityTimeout: '2026-03-04T16:00:00Z' },
          ...{ recordingState: 'PAUSED', maxParticipants: 5, securePause: true },
        },
        AT,
      ),
    ).toEqual({
      ...{ id: 'c-1', name: 'Call', otherMediaUris: ['/api/v2/conversations/chats/c-1'], participants: [] },
      recentTransfers: [
        {
          ...{ id: 't-1', state: 'PENDING', rawState: 'Pending', dateIssued: time('15:20:30.500') },
          ...{ initiator: { kind: 'USER', id: 'u-1', name: null }, modifiedById: 't-2' },
          destinationUser: { kind: 'USER', id: 'u-2', name: null },
          ...{ destinationAddress: 'sip:x', transferType: 'UNATTENDED', rawTransferType: 'Unattended' },
        },
      ],
      divisions: [
        {
          division: { kind: 'DIVISION', id: 'd-1', name: null },
          entities: [{ kind: 'UNKNOWN', id: 'e-1', name: null }],
        },
      ],
      ...{ utilizationLabelId: 'l-1', inactivityTimeout: time('16:00:00') },
      ...{ recordingState: 'PAUSED', rawRecordingState: 'PAUSED', maxParticipants: 5, securePause: true },
      observedAt: AT,
    });
  });

  test('in the words of an event is the same.', () => {
    expect(
      participant({
        ...{ disconnectType: 'transfer.dnd', state: 'scheduled', faxStatus: { dataRate: 14_400 } },
        ...{ user: { id: 'u-1', name: 'Ann' }, initialState: 'alerting', queueMediaSettings: {} },
        errorInfo: { message: 'No.', code: 'x', status: 400, contextId: 'k' },
      }),
    ).toMatchObject({
      ...{ disconnectType: 'TRANSFER_DO_NOT_DISTURB', rawDisconnectType: 'transfer.dnd', state: 'SCHEDULED' },
      faxStatus: { baudRate: '14400' },
      user: { kind: 'USER', id: 'u-1', name: 'Ann' },
      errorInfo: { message: 'No.', code: 'x' },
    });
    expect(participant({ disconnectType: 'endpoint.donotdisturb' })).toMatchObject({
      disconnectType: 'ENDPOINT_DO_NOT_DISTURB',
    });
    expect(participant({ disconnectType: 'endpoint.dnd' })?.disconnectType).toBe('ENDPOINT_DO_NOT_DISTURB');
  });

  test('keeps the text of a value that nobody has published.', () => {
    expect(
      participant({ state: 'floating', purpose: 'ghost', disconnectType: 'transfer.moon' }),
    ).toMatchObject({
      ...{ state: 'UNKNOWN', rawState: 'floating', purpose: 'UNKNOWN', rawPurpose: 'ghost' },
      ...{ disconnectType: 'UNKNOWN', rawDisconnectType: 'transfer.moon' },
    });
    expect(participant({ purpose: 'dialer.system' })).toMatchObject({
      ...{ purpose: 'DIALER', rawPurpose: 'dialer.system' },
    });
  });

  test('loses to a field of a wrong type that field alone.', () => {
    const odd = participant({
      ...{ held: 'perhaps', startTime: 'noon', wrapupTimeoutMs: 2 ** 40, attributes: ['a'], user: 'u-1' },
      ...{
        mediaRoles: 'coach',
        wrapup: [],
        faxStatus: { bytesTransmitted: 1e300, pageErrors: 'x' },
        name: {},
      },
      ...{ muted: true, conversationRoutingData: { skills: [{}, { id: 's-1' }], scoredAgents: [7, {}] } },
    });
    expect(odd).toMatchObject({
      ...{ held: null, startTime: null, wrapupTimeoutMs: null, user: null, mediaRoles: [], wrapup: null },
      ...{ faxStatus: { bytesTransmitted: null, pageErrors: null }, name: null, muted: true },
      conversationRoutingData: {
        skills: [{ kind: 'SKILL', id: 's-1', name: null }],
        scoredAgents: [{ agent: null, score: null }],
      },
    });
  });

  test('counts what it leaves out of lists, because nobody says which one it is.', () => {
    const leftOut: string[] = [];
    const body = {
      entities: [
        { id: 'c-1', participants: [{ name: 'Nobody' }, { id: 'p-1' }], recentTransfers: [{}] },
        {},
        7,
      ],
    };
    const [only, ...more] = toConversations(body, AT, (kind) => leftOut.push(kind));
    expect({ ids: only?.participants.map(({ id }) => id), more }).toEqual({ ids: ['p-1'], more: [] });
    expect(leftOut.sort()).toEqual(['conversation', 'conversation', 'participant', 'transfer']);
  });

  test.each([null, 7, [], 'x', {}, { id: 5.5e300 }])('that %j is to be is a bad response.', (body) => {
    expect(() => toConversation(body, AT)).toThrow(UpstreamBadResponse);
  });

  test('is read or refused as a bad response, whatever JSON stands in its fields.', () => {
    const fields = Object.keys(EVERY_FIELD);
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...fields), fc.jsonValue()),
        fc.dictionary(
          fc.constantFrom('participants', 'recentTransfers', 'divisions', 'name'),
          fc.jsonValue(),
        ),
        (wire, more) => {
          const { participants } = toConversation(
            { id: 'c', ...more, participants: [{ ...wire, id: 'p' }] },
            AT,
          );
          expect(participants.map(({ id }) => id)).toEqual(['p']);
          toConversation({ ...more, id: 'c' }, AT);
        },
      ),
    );
  });

  test('has a count of 64 bits with all its digits, and none that does not fit.', () => {
    const fax = (bytesTransmitted: unknown) => participant({ faxStatus: { bytesTransmitted } })?.faxStatus;
    expect(fax('9223372036854775807')?.bytesTransmitted).toBe('9223372036854775807');
    expect(fax('9223372036854775808')?.bytesTransmitted).toBeNull();
    expect(fax(9_007_199_254_740_991)?.bytesTransmitted).toBe('9007199254740991');
    // This one has lost its last digit already.
    expect(fax(9_007_199_254_740_992)?.bytesTransmitted).toBeNull();
  });

  test('shows the communications of a participant where all media are read, the latest last.', () => {
    const call = (id: string, state: string, connectedTime: string, afterCallWorkRequired?: boolean) => ({
      ...{ id, state, connectedTime, afterCallWorkRequired },
    });
    const body = {
      id: 'c-1',
      participants: [
        { id: 'p-0', calls: [call('k-0', 'connected', '2026-03-04T15:00:00Z')] },
        {
          id: 'p-1',
          calls: [
            call('k-2', 'connected', '2026-03-04T15:20:00Z', true),
            call('k-1', 'disconnected', '2026-03-04T15:10:00Z'),
            {},
            null,
          ],
          chats: [{ id: 'no call' }],
        },
      ],
    };
    expect(toCommunications(body, 'p-1')).toEqual([
      { id: 'k-1', isOver: true, afterCallWorkRequired: null },
      { id: 'k-2', isOver: false, afterCallWorkRequired: true },
    ]);
    expect(toCommunications(body, 'p-2')).toEqual([]);
    expect(findParticipant(toConversation(body, AT), 'p-1')?.state).toBeNull();
  });
});

test('A user, names and wrap-up codes are read as far as they go.', () => {
  expect(toUser({ id: 'u-1', name: 'Ann', email: 'a@b', organization: { id: 'o-1' } })).toEqual({
    ...{ id: 'u-1', name: 'Ann', email: 'a@b', organizationId: 'o-1' },
  });
  expect(() => toUser({ name: 'Ann' })).toThrow(UpstreamBadResponse);
  expect(toWrapupCodes([{ id: 'w-1', name: 'Sale', description: 'Sold.' }, {}])).toEqual([
    { id: 'w-1', name: 'Sale', description: 'Sold.' },
  ]);
  const names = toNames({
    entities: [{ id: 'u-1', name: 'Ann' }, { id: 'u-2' }, 7, { id: 'u-3', name: '' }],
  });
  expect([...names]).toEqual([['u-1', 'Ann']]);
  expect([...toNames({ id: 'x-1', firstName: 'Bo', lastName: 'Li' })]).toEqual([['x-1', 'Bo Li']]);
});
