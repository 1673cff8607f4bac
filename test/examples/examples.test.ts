/**
 * Every example of RingCentral, run as a newcomer runs it: by the real gateway, before the simulator, on the call that its default
 * variables point to; and those that build on each other, to their end.
 */
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import oneCall from '../../examples/02-one-call.json' with { type: 'json' };
import watchACall from '../../examples/03-watch-a-call.json' with { type: 'json' };
import hold from '../../examples/04-hold.json' with { type: 'json' };
import unhold from '../../examples/05-unhold.json' with { type: 'json' };
import mute from '../../examples/06-mute.json' with { type: 'json' };
import availableActions from '../../examples/07-available-actions.json' with { type: 'json' };
import oneParty from '../../examples/08-one-party.json' with { type: 'json' };
import makeACall from '../../examples/10-make-a-call.json' with { type: 'json' };
import answer from '../../examples/11-answer.json' with { type: 'json' };
import transfer from '../../examples/12-transfer.json' with { type: 'json' };
import warmTransferConsult from '../../examples/13-warm-transfer-consult.json' with { type: 'json' };
import warmTransferComplete from '../../examples/14-warm-transfer-complete.json' with { type: 'json' };
import park from '../../examples/15-park.json' with { type: 'json' };
import record from '../../examples/16-record.json' with { type: 'json' };
import pauseRecording from '../../examples/17-pause-recording.json' with { type: 'json' };
import resumeRecording from '../../examples/18-resume-recording.json' with { type: 'json' };
import conference from '../../examples/19-conference.json' with { type: 'json' };
import bringIn from '../../examples/20-bring-in.json' with { type: 'json' };
import supervise from '../../examples/21-supervise.json' with { type: 'json' };
import watchParties from '../../examples/22-watch-parties.json' with { type: 'json' };
import resumeWatching from '../../examples/24-resume-watching.json' with { type: 'json' };
import watchColleagues from '../../examples/28-watch-colleagues.json' with { type: 'json' };
import takeABreak from '../../examples/29-take-a-break.json' with { type: 'json' };
import { partyIdOf } from '../../src/simulator/call.ts';
import {
  DEMO_CALLER_PARTY_ID,
  DEMO_PARTY_ID,
  DEMO_RECORDING_ID,
  DEMO_SESSION_ID,
  STAGED,
} from '../../src/simulator/stage.ts';
import type { TypedDocumentString } from '../generated/graphql.ts';
import * as documents from '../generated/graphql.ts';
import { type House, openHouse, until } from '../support/gateway.ts';

const A_MOMENT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const A_NUMBER = expect.stringMatching(/^\d+$/);
const AN_ID = expect.stringMatching(/^[sp]-\w/);

/** Of a party of the story's call: which call it is in, and when it was so. */
const HERE = { sessionId: DEMO_SESSION_ID, observedAt: A_MOMENT };

/** What ran here, so that no example is forgotten. */
const ran = new Set<unknown>();

/** A gateway in the story's first moment, which lasts: the call of the examples is there, and does what it is told. */
async function openStory(code = 'Answered'): Promise<House> {
  const house = await openHouse({ simulator: { story: true, settings: { storyPace: 2 ** 31 - 1 } } });
  house.simulator.moveParty(DEMO_SESSION_ID, DEMO_PARTY_ID, { code });
  return house;
}

async function run<Data, Variables>(
  house: House,
  document: TypedDocumentString<Data, Variables>,
  variables?: Variables,
  token?: string,
) {
  ran.add(document);
  return house.ask(document, variables, token);
}

/** The first `count` answers of a subscription; `meanwhile` runs as the first one is there. */
async function listen<Data, Variables extends Record<string, unknown>>(
  house: House,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  count = 1,
  meanwhile: (first: Data) => unknown = () => {},
): Promise<Data[]> {
  ran.add(document);
  const client = house.socket();
  const heard: Data[] = [];
  for await (const { data, errors } of client.iterate<Data>({ query: document.toString(), variables })) {
    expect(errors).toBeUndefined();
    if (data === null || data === undefined) continue;
    heard.push(data);
    if (heard.length === count) break;
    if (heard.length === 1) await meanwhile(data);
  }
  return heard;
}

describe('Asking', () => {
  test('MyCalls answers the calls of the story with everybody in them', async () => {
    await using house = await openStory();
    const { data, errors } = await run(house, documents.MyCallsDocument);
    expect(errors).toBeUndefined();
    expect(data.viewer).toMatchObject({ name: 'Iris Vance', extensionNumber: '101' });
    expect(data.viewer.activeCalls?.[0]).toEqual({
      telephonyStatus: 'CALL_CONNECTED',
      from: '+12025550123',
      fromName: null,
      startTime: A_MOMENT,
      session: {
        id: DEMO_SESSION_ID,
        parties: [
          { id: DEMO_CALLER_PARTY_ID, status: { code: 'ANSWERED' }, ...HERE },
          { id: DEMO_PARTY_ID, status: { code: 'ANSWERED' }, ...HERE },
        ],
      },
    });
  });

  test('OneCall answers how the call began and what each party is doing', async () => {
    await using house = await openStory();
    const { data } = await run(house, documents.OneCallDocument, oneCall);
    const ends = {
      from: { phoneNumber: '+12025550123', name: null },
      to: { phoneNumber: '+12025550110', name: 'Iris Vance' },
    };
    const talking = { muted: false, status: { code: 'ANSWERED', reason: null }, ...ends, ...HERE };
    expect(data.callSession).toEqual({
      id: DEMO_SESSION_ID,
      origin: { type: 'CALL' },
      creationTime: A_MOMENT,
      observedAt: A_MOMENT,
      parties: [
        { id: DEMO_CALLER_PARTY_ID, direction: 'OUTBOUND', ...talking },
        { id: DEMO_PARTY_ID, direction: 'INBOUND', ...talking },
      ],
    });
  });

  test('OneParty answers one party with its recordings', async () => {
    await using house = await openStory();
    const { data } = await run(house, documents.OnePartyDocument, oneParty);
    expect(data.callParty).toEqual({
      id: DEMO_PARTY_ID,
      extensionId: '701001004',
      muted: false,
      status: { code: 'ANSWERED', rawCode: 'Answered', reason: null, parkData: null },
      recordings: [],
      ...HERE,
    });
  });

  test('AvailableActions says what the state allows, and why not', async () => {
    await using house = await openStory();
    const { data } = await run(house, documents.AvailableActionsDocument, availableActions);
    expect(data.callParty?.availableActions).toEqual(
      expect.arrayContaining([
        { action: 'HOLD', allowed: true, reason: null },
        { action: 'ANSWER', allowed: false, reason: expect.stringContaining('rings') },
      ]),
    );
  });

  test('MyPhones answers the ids that commands take', async () => {
    await using house = await openStory();
    const { data } = await run(house, documents.MyPhonesDocument);
    expect(data.viewer).toEqual({
      devices: [
        { id: '801100004', name: 'Iris at the computer', type: 'SOFT_PHONE', status: 'ONLINE' },
        { id: '801100005', name: 'Front desk', type: 'HARD_PHONE', status: 'OFFLINE' },
        { id: '801100006', name: 'Hallway', type: 'OTHER_PHONE', status: 'ONLINE' },
        { id: '801500004', name: 'Iris in the browser', type: 'WEB_PHONE', status: 'ONLINE' },
        { id: '801501004', name: 'Iris at home', type: 'WEB_PHONE', status: 'OFFLINE' },
      ],
      forwardingNumbers: [
        { id: A_NUMBER, label: 'Mobile', phoneNumber: '+12025550181', flipNumber: '2' },
        { id: A_NUMBER, label: 'Home', phoneNumber: '+12025550182', flipNumber: null },
      ],
    });
  });
});

describe('Acting', () => {
  test('Hold, Unhold and Mute each show the party as it then is, and a second Hold what it allows', async () => {
    await using house = await openStory();
    const held = await run(house, documents.HoldDocument, hold);
    expect(held.data.holdCallParty).toEqual({
      outcome: 'APPLIED',
      error: null,
      party: { id: DEMO_PARTY_ID, status: { code: 'HOLD', reason: null }, ...HERE },
    });
    const again = await run(house, documents.HoldDocument, hold);
    expect(again.data.holdCallParty).toMatchObject({
      outcome: 'NOT_APPLIED',
      error: {
        __typename: 'WrongCallState',
        actualCode: 'HOLD',
        allowedActions: expect.arrayContaining(['UNHOLD']),
      },
      party: { status: { code: 'HOLD' } },
    });
    const unheld = await run(house, documents.UnholdDocument, unhold);
    expect(unheld.data.unholdCallParty).toMatchObject({
      outcome: 'APPLIED',
      party: { status: { code: 'ANSWERED' } },
    });
    const muted = await run(house, documents.MuteDocument, mute);
    expect(muted.data.muteCallParty).toEqual({
      outcome: 'APPLIED',
      error: null,
      party: { id: DEMO_PARTY_ID, muted: true, ...HERE },
    });
  });

  test('MakeACall rings once, however often it is clicked', async () => {
    await using house = await openStory();
    const first = await run(house, documents.MakeACallDocument, makeACall);
    expect(first.data.makeCallOut).toEqual({
      outcome: 'APPLIED',
      replayed: false,
      error: null,
      session: {
        id: AN_ID,
        parties: [{ id: AN_ID, sessionId: AN_ID, status: { code: 'SETUP' }, observedAt: A_MOMENT }],
      },
    });
    const second = await run(house, documents.MakeACallDocument, makeACall);
    expect(second.data.makeCallOut).toMatchObject({
      outcome: 'APPLIED',
      replayed: true,
      session: { id: first.data.makeCallOut.session?.id },
    });
    expect(
      house.simulator.requests().filter(({ operationId }) => operationId === 'createCallOutCallSession'),
    ).toHaveLength(1);
  });

  test('Answer takes a ringing call, which is answered a moment later', async () => {
    await using house = await openStory('Proceeding');
    const { data } = await run(house, documents.AnswerDocument, answer);
    expect(data.answerCallParty).toMatchObject({
      outcome: 'APPLIED',
      error: null,
      party: { status: { code: 'PROCEEDING' } },
    });
    await until(() => codesOf(house, STAGED.ringing)[1] === 'Answered');
  });

  test('Transfer takes you out of the call and brings somebody else in', async () => {
    await using house = await openStory();
    const { data } = await run(house, documents.TransferDocument, transfer);
    expect(data.transferCallParty).toMatchObject({
      outcome: 'APPLIED',
      party: {
        id: partyIdOf(STAGED.transfer, 2),
        status: { code: 'DISCONNECTED', reason: 'BLIND_TRANSFER' },
      },
    });
    expect(codesOf(house, STAGED.transfer)).toEqual(['Answered', 'Disconnected', 'Proceeding']);
  });

  test('Park answers the slot to dial', async () => {
    await using house = await openStory();
    const { data } = await run(house, documents.ParkDocument, park);
    expect(data.parkCallParty).toMatchObject({
      outcome: 'APPLIED',
      party: { status: { code: 'PARKED', parkData: '*801' }, park: { id: '*801' } },
    });
  });

  test('Record, PauseRecording and ResumeRecording go on with one recording', async () => {
    await using house = await openStory();
    const stranger = { ...pauseRecording, recordingId: '1' };
    const unknown = await run(house, documents.PauseRecordingDocument, stranger);
    expect(unknown.data.pauseCallRecording).toMatchObject({
      outcome: 'NOT_APPLIED',
      error: { __typename: 'CallNotFound' },
      recording: null,
    });

    const recorded = await run(house, documents.RecordDocument, record);
    const { recording } = recorded.data.startCallRecording;
    expect(recorded.data.startCallRecording).toEqual({
      outcome: 'APPLIED',
      error: null,
      recording: { id: DEMO_RECORDING_ID, active: true },
    });
    const recordingId = recording?.id ?? '';
    const paused = await run(house, documents.PauseRecordingDocument, { ...pauseRecording, recordingId });
    expect(paused.data.pauseCallRecording).toEqual({
      outcome: 'APPLIED',
      error: null,
      recording: { id: recordingId, active: false },
    });
    const resumed = await run(house, documents.ResumeRecordingDocument, { ...resumeRecording, recordingId });
    expect(resumed.data.resumeCallRecording).toEqual({
      outcome: 'APPLIED',
      error: null,
      recording: { id: recordingId, active: true },
    });
  });

  test('Supervise is refused to a colleague and granted to the supervisor', async () => {
    await using house = await openStory();
    const refused = await run(house, documents.SuperviseDocument, supervise);
    expect(refused.data.superviseCallSession).toMatchObject({
      outcome: 'NOT_APPLIED',
      error: { __typename: 'CommandForbidden' },
    });
    const granted = await run(house, documents.SuperviseDocument, supervise, 'sim-103');
    expect(granted.data.superviseCallSession).toMatchObject({ outcome: 'APPLIED', party: { id: AN_ID } });
    expect(codesOf(house, STAGED.supervised)).toHaveLength(3);
  });
});

describe('Acting in two steps', () => {
  test('the second of each has its calls waiting, without the first and again', async () => {
    await using house = await openStory();
    for (let time = 1; time <= 2; time++) {
      const complete = await run(house, documents.WarmTransferCompleteDocument, warmTransferComplete);
      expect(complete.data.bridgeCallParty).toMatchObject({
        outcome: 'APPLIED',
        error: null,
        party: { status: { code: 'GONE' }, peer: { id: warmTransferComplete.with.partyId } },
      });
      expect(codesOf(house, STAGED.customer)).toEqual(['Answered', 'Gone']);
      expect(codesOf(house, STAGED.consultation)).toEqual(['Gone', 'Answered']);
      const guest = await run(house, documents.BringInDocument, bringIn);
      expect(guest.data.bringInCallParty).toMatchObject({ outcome: 'APPLIED', error: null });
      expect(codesOf(house, STAGED.guest)).toEqual(['Answered', 'Gone']);
    }
  });

  test('WarmTransferConsult and WarmTransferComplete leave the caller talking to the colleague', async () => {
    await using house = await openStory();
    const consulted = await run(house, documents.WarmTransferConsultDocument, warmTransferConsult);
    expect(consulted.data).toEqual({
      holdCallParty: { outcome: 'APPLIED', error: null },
      makeCallOut: {
        outcome: 'APPLIED',
        error: null,
        session: { id: AN_ID, parties: [{ id: AN_ID, sessionId: AN_ID, observedAt: A_MOMENT }] },
      },
    });
    const { session } = consulted.data.makeCallOut;
    const sessionId = session?.id ?? '';
    const partyId = session?.parties[0]?.id ?? '';
    await until(() => codesOf(house, sessionId)[1] === 'Proceeding');
    house.simulator.moveParty(sessionId, partyId.replace(/-1$/, '-2'), { code: 'Answered' });

    const completed = await run(house, documents.WarmTransferCompleteDocument, {
      ...hold,
      with: { sessionId, partyId },
    });
    expect(completed.data.bridgeCallParty).toEqual({
      outcome: 'APPLIED',
      error: null,
      party: {
        id: DEMO_PARTY_ID,
        status: { code: 'GONE', reason: 'ATTENDED_TRANSFER' },
        peer: { id: AN_ID, sessionId, status: { code: expect.any(String) }, observedAt: A_MOMENT },
        ...HERE,
      },
    });
    expect(codesOf(house, DEMO_SESSION_ID)).toEqual(['Answered', 'Gone']);
    expect(codesOf(house, sessionId)).toEqual(['Gone', 'Answered']);
  });

  test('Conference and BringIn make the caller a member who is GONE and there', async () => {
    await using house = await openStory();
    const opened = await run(house, documents.ConferenceDocument, conference);
    expect(opened.data.createConference).toEqual({
      outcome: 'APPLIED',
      replayed: false,
      error: null,
      session: { id: AN_ID, voiceCallToken: expect.stringMatching(/^conf_/), parties: [] },
    });
    const conferenceId = opened.data.createConference.session?.id ?? '';
    await until(() => codesOf(house, conferenceId)[0] === 'Answered');
    const there = { id: AN_ID, sessionId: conferenceId, observedAt: A_MOMENT };

    const brought = await run(house, documents.BringInDocument, { bringIn: hold, conferenceId });
    expect(brought.data.bringInCallParty).toEqual({
      outcome: 'APPLIED',
      error: null,
      party: { ...there, conferenceRole: 'PARTICIPANT', status: { code: 'SETUP' } },
      session: {
        id: conferenceId,
        parties: expect.arrayContaining([
          { ...there, conferenceRole: 'HOST', status: { code: 'ANSWERED' } },
          { ...there, conferenceRole: 'PARTICIPANT', status: { code: expect.stringMatching(/SETUP|GONE/) } },
        ]),
      },
    });
    await until(() => codesOf(house, conferenceId)[1] === 'Gone');
    expect(codesOf(house, DEMO_SESSION_ID)).toEqual(['Answered', 'Gone']);
  });
});

describe('Watching', () => {
  test('WatchACall begins with the whole call and goes on with each change', async () => {
    await using house = await openStory();
    const events = await listen(house, documents.WatchACallDocument, watchACall, 2, () =>
      house.simulator.moveParty(DEMO_SESSION_ID, DEMO_PARTY_ID, { code: 'Hold' }),
    );
    const talking = { status: { code: 'ANSWERED' }, ...HERE };
    expect(events.map(({ callEvents }) => callEvents)).toEqual([
      {
        __typename: 'CallSnapshot',
        cursor: expect.any(String),
        reason: 'SUBSCRIBED',
        session: {
          id: DEMO_SESSION_ID,
          parties: [
            { id: DEMO_CALLER_PARTY_ID, ...talking },
            { id: DEMO_PARTY_ID, ...talking },
          ],
        },
      },
      {
        __typename: 'CallPartyChange',
        cursor: expect.any(String),
        skipped: 0,
        previousStatus: { code: 'ANSWERED' },
        party: {
          id: DEMO_PARTY_ID,
          muted: false,
          status: { code: 'HOLD', reason: null },
          ...HERE,
        },
      },
    ]);
  });

  test('WatchParties begins with each party and goes on with the one that changes', async () => {
    await using house = await openStory();
    const states = await listen(house, documents.WatchPartiesDocument, watchParties, 3, () =>
      house.simulator.moveParty(DEMO_SESSION_ID, DEMO_PARTY_ID, { muted: true }),
    );
    expect(states.map(({ callPartyUpdated: { id, muted } }) => ({ id, muted }))).toEqual([
      { id: DEMO_CALLER_PARTY_ID, muted: false },
      { id: DEMO_PARTY_ID, muted: expect.any(Boolean) },
      { id: DEMO_PARTY_ID, muted: true },
    ]);
  });

  test('WatchMyCalls begins with your calls', async () => {
    await using house = await openStory();
    const [first] = await listen(house, documents.WatchMyCallsDocument, {});
    expect(first?.activeCalls[0]).toMatchObject({
      sessionId: DEMO_SESSION_ID,
      partyId: DEMO_PARTY_ID,
      telephonyStatus: 'CALL_CONNECTED',
    });
  });

  test('WatchMyList begins with your calls and when they were seen', async () => {
    await using house = await openStory();
    const [first] = await listen(house, documents.WatchMyListDocument, {});
    expect(first?.activeCallEvents).toMatchObject({
      __typename: 'ActiveCallList',
      observedAt: A_MOMENT,
      calls: expect.arrayContaining([
        expect.objectContaining({ sessionId: DEMO_SESSION_ID, partyId: DEMO_PARTY_ID, observedAt: A_MOMENT }),
      ]),
    });
  });

  test('WatchTheCompany begins with everybody, and tells of the next call at the first click', async () => {
    await using house = await openStory();
    const [first, second] = await listen(house, documents.WatchTheCompanyDocument, {}, 2, () =>
      house.simulator.moveParty(DEMO_SESSION_ID, DEMO_PARTY_ID, { code: 'Hold' }),
    );
    expect(first?.accountCallEvents).toMatchObject({
      __typename: 'AccountSnapshot',
      reason: 'SUBSCRIBED',
      presences: expect.arrayContaining([expect.objectContaining({ extensionId: '701001004' })]),
    });
    expect(second?.accountCallEvents.__typename).toMatch(
      /^Account(CallBegan|CallPartyChange|PresenceChange)$/,
    );
  });

  test('WatchColleagues tells what each does now, and who they are, at the first click', async () => {
    await using house = await openStory();
    const heard = await listen(house, documents.WatchColleaguesDocument, watchColleagues, 3);
    const colleagues = heard.map(({ presenceUpdated }) => presenceUpdated);
    expect(colleagues.map(({ extension }) => extension?.name).sort()).toEqual([
      'Ada Brook',
      'Nadia Holm',
      'Tomas Reed',
    ]);
    for (const one of colleagues)
      expect(one).toMatchObject({ presenceStatus: expect.any(String), observedAt: A_MOMENT });
  });

  test('ResumeWatching goes on after the cursor of WatchACall, and begins anew without one', async () => {
    await using house = await openStory();
    const [unknown] = await listen(house, documents.ResumeWatchingDocument, resumeWatching);
    expect(unknown?.callEvents).toEqual({
      __typename: 'CallSnapshot',
      cursor: expect.any(String),
      reason: 'CURSOR_UNKNOWN',
    });

    const [snapshot] = await listen(house, documents.WatchACallDocument, watchACall);
    house.simulator.moveParty(DEMO_SESSION_ID, DEMO_PARTY_ID, { code: 'Hold' });
    const [missed] = await listen(house, documents.ResumeWatchingDocument, {
      ...resumeWatching,
      after: snapshot?.callEvents.cursor ?? '',
    });
    expect(missed?.callEvents).toMatchObject({
      __typename: 'CallPartyChange',
      party: { id: DEMO_PARTY_ID, status: { code: 'HOLD' } },
    });
  });
});

describe('The company', () => {
  test('Wallboard shows who waits in each queue and since when, and who is free, at the first click', async () => {
    await using house = await openStory();
    const { data, errors } = await run(house, documents.WallboardDocument);
    expect(errors).toBeUndefined();
    const { callQueues, extensions } = data.viewer.account ?? {};
    expect(callQueues?.nodes.map(({ name, longestWait }) => ({ name, longestWait }))).toEqual([
      { name: 'Help Desk', longestWait: A_MOMENT },
      { name: 'Sales', longestWait: A_MOMENT },
    ]);
    const waiting = callQueues?.nodes.flatMap(({ waitingCalls }) => waitingCalls ?? []) ?? [];
    expect(waiting.map(({ from, ringing }) => [from, ringing.length > 0])).toEqual([
      ['+12025550210', true],
      ['+12025550232', true],
    ]);
    const members = callQueues?.nodes.flatMap((queue) => queue.members?.nodes ?? []) ?? [];
    expect(members).toHaveLength(7);
    expect(
      members.filter(({ acceptsCalls }) => acceptsCalls === false).map((one) => one.extension.name),
    ).toEqual(['Elif Aydin', 'David Osei']);
    const people = extensions?.nodes ?? [];
    expect(people).toHaveLength(13);
    const free = people.filter(({ presence }) => presence?.presenceStatus === 'AVAILABLE');
    expect(free.map(({ name }) => name)).toContain('Nadia Holm');
    // Hugo shows nobody what he does.
    expect(people.filter(({ presence }) => presence === null).map(({ name }) => name)).toEqual([
      'Hugo Stein',
    ]);
  });

  test('TakeABreak says so beside your name, and the queue rings you no more', async () => {
    await using house = await openStory();
    const { data } = await run(house, documents.TakeABreakDocument, takeABreak);
    expect(data).toEqual({
      setPresence: {
        outcome: 'APPLIED',
        error: null,
        presence: {
          extensionId: '701001004',
          presenceStatus: 'BUSY',
          dndStatus: 'TAKE_ALL_CALLS',
          message: 'Back at two',
          observedAt: A_MOMENT,
        },
      },
      setQueueAvailability: {
        outcome: 'APPLIED',
        error: null,
        queues: [{ queueId: '701050004', acceptsCalls: false }],
      },
    });
  });
});

test('Every example of RingCentral has run here', async () => {
  const files = await readdir(new URL('../../examples/', import.meta.url));
  const examples = files.filter((file) => file.endsWith('.graphql') && file < '30');
  expect(ran.size).toBe(examples.length);
});

/** What the parties of a call are doing in truth, in the simulator's words. */
function codesOf(house: House, sessionId: string): (string | undefined)[] {
  const call = house.simulator.calls().find(({ id }) => id === sessionId);
  return (call?.parties ?? []).map(({ status }) => status?.code);
}
