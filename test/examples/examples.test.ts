/**
 * Every example of RingCentral that asks or acts, run as a newcomer runs it: by the real gateway, before the simulator, on the
 * call that its default variables point to; and those that build on each other, to their end.
 */
import { describe, expect, test } from 'vitest';
import oneCall from '../../examples/02-one-call.json' with { type: 'json' };
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
import takeABreak from '../../examples/29-take-a-break.json' with { type: 'json' };
import { partyIdOf } from '../../src/simulator/call.ts';
import {
  DEMO_CALLER_PARTY_ID,
  DEMO_PARTY_ID,
  DEMO_RECORDING_ID,
  DEMO_SESSION_ID,
  STAGED,
} from '../../src/simulator/stage.ts';
import * as documents from '../generated/graphql.ts';
import { type House, until } from '../support/gateway.ts';
import { A_MOMENT, countExamples, HERE, openStory, ran, run } from '../support/story.ts';

const A_NUMBER = expect.stringMatching(/^\d+$/);
const AN_ID = expect.stringMatching(/^[sp]-\w/);

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

test('Every example of RingCentral that asks or acts has run here', async () => {
  expect(ran.size).toBe(await countExamples({ watching: false }));
});

/** What the parties of a call are doing in truth, in the simulator's words. */
function codesOf(house: House, sessionId: string): (string | undefined)[] {
  const call = house.simulator.calls().find(({ id }) => id === sessionId);
  return (call?.parties ?? []).map(({ status }) => status?.code);
}
