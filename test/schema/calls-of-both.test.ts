/** What the calls of both systems have in common: one card shows either. */
import { describe, expect, test } from 'vitest';
import type { CallActivity } from '../../schema/activity.ts';
import type { CallMediaParticipant, Wrapup } from '../../schema/genesys/model.ts';
import type { CallParty } from '../../schema/model.ts';
import {
  aConversation,
  aParticipant,
  askBoth,
  bothSystems,
  createFakeConversations,
} from './fake-conversations.ts';
import { aParty, aSession, aStatus, createFakeProvider, START } from './fake-provider.ts';

const CARD = /* GraphQL */ `
  fragment Card on CallParticipant {
    __typename id system name number direction activity held muted recorded since observedAt
    call { __typename id system startedAt isOver observedAt participants { id } }
  }
`;

/** One party of a RingCentral call, as the card shows it. */
async function partyOf(party: Partial<CallParty>): Promise<unknown> {
  const own = aParty('s-1', 'p-2', party);
  const provider = createFakeProvider({ callSession: async () => aSession('s-1', { parties: [own] }) });
  const source = `{ callSession(id: "s-1") { participants { ...Card } } } ${CARD}`;
  const { data, errors } = await askBoth(bothSystems(undefined, provider), source);
  expect(errors).toBeUndefined();
  return (data as { callSession: { participants: unknown[] } }).callSession.participants[0];
}

/** One participant of a Genesys conversation, as the card shows it. */
async function participantOf(participant: Partial<CallMediaParticipant>): Promise<unknown> {
  const own = aParticipant('c-1', 'p-1', participant);
  const genesys = createFakeConversations({
    conversation: async () => aConversation('c-1', { participants: [own] }),
  });
  const source = `{ callConversation(id: "c-1") { participants { ...Card } } } ${CARD}`;
  const { data, errors } = await askBoth(bothSystems(genesys), source);
  expect(errors).toBeUndefined();
  return (data as { callConversation: { participants: unknown[] } }).callConversation.participants[0];
}

const finished: Wrapup = {
  code: 'w-1',
  name: null,
  notes: null,
  tags: [],
  durationSeconds: null,
  endTime: null,
  provisional: false,
};

describe('A call card', () => {
  test('shows the calls of both systems by one fragment', async () => {
    const genesys = createFakeConversations();
    const provider = createFakeProvider();
    const { data, errors } = await askBoth(
      bothSystems(genesys, provider),
      `query {
        viewer { activeCalls { session { ...Call } } conversations { ...Call } }
      }
      fragment Call on Call { id participants { ...Card } }
      ${CARD}`,
    );
    expect(errors).toBeUndefined();
    const at = '2026-03-04T15:20:01.417Z';
    const { viewer } = data as { viewer: { activeCalls: { session: object }[]; conversations: object[] } };
    expect(viewer.activeCalls[0]?.session).toEqual({
      id: 's-1',
      participants: [
        {
          __typename: 'CallParty',
          id: 'p-1',
          system: 'RINGCENTRAL',
          name: 'WIRELESS CALLER',
          number: '+12025550147',
          direction: 'OUTBOUND',
          activity: 'CONNECTED',
          held: false,
          muted: false,
          recorded: false,
          since: null,
          observedAt: at,
          call: {
            __typename: 'CallSession',
            id: 's-1',
            system: 'RINGCENTRAL',
            startedAt: at,
            isOver: false,
            observedAt: at,
            participants: [{ id: 'p-1' }, { id: 'p-2' }],
          },
        },
        expect.objectContaining({ id: 'p-2', name: 'Iris Vance', number: '101', direction: 'INBOUND' }),
      ],
    });
    expect(viewer.conversations[0]).toEqual({
      id: 'c-1',
      participants: [
        {
          __typename: 'CallMediaParticipant',
          id: 'customer',
          system: 'GENESYS',
          name: 'Sam Ortega',
          number: '+61370151234',
          direction: 'INBOUND',
          activity: 'CONNECTED',
          held: false,
          muted: false,
          recorded: false,
          since: at,
          observedAt: at,
          call: {
            __typename: 'CallConversation',
            id: 'c-1',
            system: 'GENESYS',
            startedAt: at,
            isOver: false,
            observedAt: at,
            participants: [{ id: 'customer' }, { id: 'agent' }],
          },
        },
        expect.objectContaining({ id: 'agent', name: 'Ada Bell', number: null }),
      ],
    });
  });

  test('costs no more than the list and its calls', async () => {
    const genesys = createFakeConversations();
    const provider = createFakeProvider();
    await askBoth(
      bothSystems(genesys, provider),
      `{ viewer { activeCalls { party { ...Card } } conversations { participants { number activity since } } } } ${CARD}`,
    );
    expect(provider.asked).toEqual(['activeCalls', 'callSession s-1', 'callSession s-2']);
    expect(genesys.asked).toEqual(['conversations']);
  });
});

describe('A party of RingCentral', () => {
  const status = (code: Parameters<typeof aStatus>[0] & object) => ({ status: aStatus(code) });

  test.each<[Partial<CallParty>, CallActivity, boolean]>([
    [status({ code: 'SETUP' }), 'DIALING', false],
    [{ ...status({ code: 'PROCEEDING' }), direction: 'INBOUND' }, 'RINGING', false],
    [{ ...status({ code: 'PROCEEDING' }), direction: 'OUTBOUND' }, 'DIALING', false],
    [status({ code: 'ANSWERED' }), 'CONNECTED', false],
    [status({ code: 'HOLD' }), 'ON_HOLD', true],
    [status({ code: 'PARKED' }), 'PARKED', false],
    [status({ code: 'VOICE_MAIL' }), 'VOICEMAIL', false],
    [status({ code: 'VOICE_MAIL_SCREENING' }), 'VOICEMAIL', false],
    [status({ code: 'FAX_RECEIVE' }), 'CONNECTED', false],
    [status({ code: 'DISCONNECTED' }), 'LEFT', false],
    [status({ code: 'GONE' }), 'LEFT', false],
    [{ ...status({ code: 'GONE' }), conferenceRole: 'PARTICIPANT' }, 'CONNECTED', false],
    [status({ code: 'TDS' }), 'UNKNOWN', false],
    [status({ code: 'UNKNOWN' }), 'UNKNOWN', false],
  ])('%o is %s', async (party, activity, held) => {
    const left = activity === 'LEFT';
    expect(await partyOf(party)).toMatchObject({ activity, held, call: { isOver: left } });
  });

  test('is recorded while a recording of it is active', async () => {
    const recording = (active: boolean) => ({ id: 'r-1', active, mode: null, view: null });
    expect(await partyOf({ recordings: [recording(false)] })).toMatchObject({ recorded: false });
    expect(await partyOf({ recordings: [recording(false), recording(true)] })).toMatchObject({
      recorded: true,
    });
  });

  test('of which no direction is known has neither name nor number', async () => {
    expect(await partyOf({ direction: null })).toMatchObject({ name: null, number: null, direction: null });
  });

  test('keeps its own words beside the common ones', async () => {
    const provider = createFakeProvider();
    const { data } = await askBoth(
      bothSystems(undefined, provider),
      '{ callSession(id: "s-1") { parties { id muted } participants { id status { code } session { id } } } }',
    );
    expect(data).toEqual({
      callSession: {
        parties: [
          { id: 'p-1', muted: false },
          { id: 'p-2', muted: false },
        ],
        participants: [
          { id: 'p-1', status: { code: 'ANSWERED' }, session: { id: 's-1' } },
          { id: 'p-2', status: { code: 'ANSWERED' }, session: { id: 's-1' } },
        ],
      },
    });
  });
});

describe('A participant of Genesys Cloud', () => {
  const [one, two] = [START + 1_000, START + 2_000];
  const at = (time: number | null) => (time === null ? null : new Date(time).toISOString());

  test.each<[Partial<CallMediaParticipant>, CallActivity, number | null]>([
    [{ state: 'ALERTING', startAlertingTime: one }, 'RINGING', one],
    [{ state: 'ALERTING' }, 'RINGING', START],
    [{ state: 'OFFERING' }, 'RINGING', START],
    [{ state: 'DIALING' }, 'DIALING', START],
    [{ state: 'CONTACTING' }, 'DIALING', START],
    [{ state: 'CONNECTED', connectedTime: one, startHoldTime: two }, 'CONNECTED', one],
    [{ state: 'CONNECTED', held: true, startHoldTime: two }, 'ON_HOLD', two],
    [{ state: 'CONNECTED', purpose: 'VOICEMAIL', connectedTime: one }, 'VOICEMAIL', one],
    [{ state: 'CONVERTING' }, 'CONNECTED', START],
    [{ state: 'UPLOADING' }, 'CONNECTED', START],
    [{ state: 'TRANSMITTING' }, 'CONNECTED', START],
    [{ state: 'PARKED', parkTime: two }, 'PARKED', two],
    [{ state: 'SCHEDULED' }, 'UNKNOWN', null],
    [{ state: 'NONE' }, 'UNKNOWN', null],
    [{ state: 'UNKNOWN' }, 'UNKNOWN', null],
    [{ state: null }, 'UNKNOWN', null],
    [{ state: 'DISCONNECTED', endTime: one }, 'LEFT', one],
    [{ state: 'TERMINATED', endTime: one, held: true }, 'LEFT', one],
    [{ state: 'DISCONNECTED', endTime: one, wrapupRequired: true }, 'WRAPPING_UP', one],
    [{ state: 'DISCONNECTED', endTime: one, startAcwTime: two }, 'WRAPPING_UP', two],
    [
      {
        state: 'DISCONNECTED',
        endTime: one,
        wrapupRequired: true,
        wrapup: { ...finished, provisional: true },
      },
      'WRAPPING_UP',
      one,
    ],
    [{ state: 'DISCONNECTED', endTime: one, wrapupRequired: true, wrapup: finished }, 'LEFT', one],
    [{ state: 'DISCONNECTED', endTime: one, wrapupRequired: true, wrapupSkipped: true }, 'LEFT', one],
    [{ state: 'DISCONNECTED', endTime: one, startAcwTime: one, endAcwTime: two }, 'LEFT', one],
    [{ state: 'TERMINATED', endTime: one, wrapupRequired: true }, 'LEFT', one],
  ])('%o is %s', async (participant, activity, since) => {
    const hasLeft = activity === 'LEFT' || activity === 'WRAPPING_UP';
    expect(await participantOf(participant)).toMatchObject({
      activity,
      since: at(since),
      call: { isOver: hasLeft },
    });
  });

  test.each<[Partial<CallMediaParticipant>, boolean]>([
    [{ recording: true, recordingState: null }, true],
    [{ recording: true, recordingState: 'NONE' }, true],
    [{ recording: false, recordingState: 'ACTIVE' }, true],
    [{ recording: true, recordingState: 'PAUSED' }, false],
    [{ recording: null, recordingState: null }, false],
    [
      {
        recordersState: {
          adhocState: 'NONE',
          customerExperienceState: null,
          agentExperienceState: null,
          snippetState: 'ACTIVE',
          ...{ rawAdhocState: 'NONE', rawCustomerExperienceState: null },
          ...{ rawAgentExperienceState: null, rawSnippetState: 'ACTIVE' },
        },
      },
      true,
    ],
  ])('%o is recorded: %s', async (participant, recorded) => {
    expect(await participantOf(participant)).toMatchObject({ recorded });
  });

  test.each<[Partial<CallMediaParticipant>, string | null]>([
    [{ address: 'tel:+61370151234' }, '+61370151234'],
    [{ address: 'sip:+61370151234@10.0.0.1:5060;user=phone' }, '+61370151234'],
    [{ address: '+61370151234' }, '+61370151234'],
    [{ address: 'sip:ada@example.com' }, null],
    [{ address: null, ani: 'tel:+1' }, null],
    [{ purpose: 'CUSTOMER', direction: 'INBOUND', ani: 'tel:+61', dnis: 'tel:+62' }, '+61'],
    [{ purpose: 'CUSTOMER', direction: 'OUTBOUND', ani: 'tel:+61', dnis: 'tel:+62' }, '+62'],
    [{ purpose: 'EXTERNAL', direction: 'OUTBOUND', dnis: 'sip:101' }, '101'],
  ])('%o has the number %s', async (participant, number) => {
    expect(await participantOf(participant)).toMatchObject({ number });
  });

  test('is in a conversation that began when the first of all joined', async () => {
    const genesys = createFakeConversations({
      conversation: async (id) =>
        aConversation(id, {
          participants: [
            aParticipant(id, 'late', { startTime: two }),
            aParticipant(id, 'first', { startTime: one }),
            aParticipant(id, 'untold', { startTime: null }),
          ],
        }),
    });
    const { data } = await askBoth(
      bothSystems(genesys),
      '{ callConversation(id: "c-1") { startedAt isOver } }',
    );
    expect(data).toEqual({ callConversation: { startedAt: at(one), isOver: false } });
  });

  test('is in a conversation without a time when nobody has joined', async () => {
    const genesys = createFakeConversations({
      conversation: async (id) => aConversation(id, { participants: [] }),
    });
    const { data } = await askBoth(
      bothSystems(genesys),
      '{ callConversation(id: "c-1") { startedAt isOver } }',
    );
    expect(data).toEqual({ callConversation: { startedAt: null, isOver: false } });
  });
});
