/**
 * Every example of Genesys Cloud, run as a newcomer runs it: by the real gateway, before the simulator that plays both phone
 * systems, on the conversation that its default variables point to.
 */
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import oneConversation from '../../examples/32-one-conversation.json' with { type: 'json' };
import watchAConversation from '../../examples/33-watch-a-conversation.json' with { type: 'json' };
import watchParticipants from '../../examples/34-watch-participants.json' with { type: 'json' };
import participantActions from '../../examples/36-participant-actions.json' with { type: 'json' };
import holdConversation from '../../examples/37-hold-conversation.json' with { type: 'json' };
import answerConversation from '../../examples/38-answer-conversation.json' with { type: 'json' };
import transferConversation from '../../examples/39-transfer-conversation.json' with { type: 'json' };
import consult from '../../examples/40-consult.json' with { type: 'json' };
import completeConsult from '../../examples/41-complete-consult.json' with { type: 'json' };
import recordConversation from '../../examples/42-record-conversation.json' with { type: 'json' };
import securePause from '../../examples/43-secure-pause.json' with { type: 'json' };
import wrapUp from '../../examples/44-wrap-up.json' with { type: 'json' };
import placeACall from '../../examples/45-place-a-call.json' with { type: 'json' };
import sendDigits from '../../examples/46-send-digits.json' with { type: 'json' };
import mergeConversations from '../../examples/47-merge-conversations.json' with { type: 'json' };
import monitor from '../../examples/48-monitor.json' with { type: 'json' };
import setAttributes from '../../examples/49-set-attributes.json' with { type: 'json' };
import { GENESYS_DEMO, GENESYS_STAGED } from '../../src/simulator/genesys/stage.ts';
import { createSimulator } from '../../src/simulator/server.ts';
import { DEMO_SESSION_ID } from '../../src/simulator/stage.ts';
import type { TypedDocumentString } from '../generated/graphql.ts';
import * as documents from '../generated/graphql.ts';
import { ADA, type AnyBody, BEN, statesOf } from '../simulator/genesys-support.ts';
import { until } from '../support/gateway.ts';
import { type GenesysHouse, openGenesysHouse, subscribed } from '../support/genesys-house.ts';
import { openGateway } from '../support/graphiql.ts';

const A_MOMENT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const AN_ID = expect.stringMatching(/^[\da-f-]{36}$/);

/** What ran here, so that no example is forgotten. */
const ran = new Set<unknown>();

/** A gateway in the story's first moment, which lasts: the conversations of the examples are there, and do what they are told. */
const openStory = () => openGenesysHouse({ settings: { story: true, storyPace: 2 ** 31 - 1 } });

async function run<Data, Variables>(
  house: GenesysHouse,
  document: TypedDocumentString<Data, Variables>,
  variables?: Variables & object,
): Promise<Data> {
  ran.add(document);
  const { data, errors } = await house.ask(document.toString(), undefined, variables);
  expect(errors).toBeUndefined();
  return data;
}

/** What a subscription has brought; it is left with the house. */
function listen<Data, Variables extends Record<string, unknown>>(
  house: GenesysHouse,
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): () => readonly Data[] {
  ran.add(document);
  return subscribed(house.socket(), document.toString(), variables).heard;
}

/** Who takes part in a conversation and how, in the simulator's words. */
function truthOf({ simulator }: GenesysHouse, conversationId: string): AnyBody {
  const found = simulator.genesys.conversations().find(({ id }) => id === conversationId);
  if (found === undefined) throw new Error(`There is no conversation ${conversationId}.`);
  return found as unknown as AnyBody;
}

/** Of the conversation that never ends. */
const HERE = { conversationId: GENESYS_DEMO.conversationId, observedAt: A_MOMENT };

describe('Asking', () => {
  test('OneCard shows the calls of both phone systems alike', async () => {
    await using house = await openStory();
    const { viewer } = await run(house, documents.OneCardDocument);
    const call = viewer.activeCalls?.map(({ session }) => session).find((one) => one?.id === DEMO_SESSION_ID);
    const conversation = viewer.conversations?.find(({ id }) => id === GENESYS_DEMO.conversationId);
    const fields = (card: object | undefined | null) => Object.keys(card ?? {});
    expect(fields(call)).toEqual(fields(conversation));
    expect([call?.__typename, call?.system]).toEqual(['CallSession', 'RINGCENTRAL']);
    expect([conversation?.__typename, conversation?.system]).toEqual(['CallConversation', 'GENESYS']);
    expect(call?.participants.map(({ __typename }) => __typename)).toEqual(['CallParty', 'CallParty']);
    expect(call?.participants[1]).toMatchObject({ sessionId: DEMO_SESSION_ID, name: 'Iris Vance' });
    expect(conversation).toMatchObject({ startedAt: A_MOMENT, isOver: false });
    expect(conversation?.participants.at(-1)).toEqual({
      ...{ __typename: 'CallMediaParticipant', id: GENESYS_DEMO.ownId, name: 'Ada Lind', ...HERE },
      ...{ number: null, direction: 'INBOUND', activity: 'RINGING', since: A_MOMENT },
      ...{ held: false, muted: false, recorded: false },
    });
  });

  test('MyConversations answers the conversations of the story, with the names of users and queues', async () => {
    await using house = await openStory();
    const { viewer } = await run(house, documents.MyConversationsDocument);
    expect(viewer.genesysUser).toEqual({ id: ADA, name: 'Ada Lind' });
    const conversation = viewer.conversations?.find(({ id }) => id === GENESYS_DEMO.conversationId);
    expect(conversation?.participants.map(({ purpose }) => purpose)).toEqual([
      'CUSTOMER',
      'IVR',
      'ACD',
      'AGENT',
    ]);
    expect(conversation?.participants.at(-1)).toEqual({
      ...{
        id: GENESYS_DEMO.ownId,
        purpose: 'AGENT',
        name: 'Ada Lind',
        state: 'ALERTING',
        held: false,
        ...HERE,
      },
      ...{ user: { id: ADA, name: 'Ada Lind' }, queue: { id: AN_ID, name: 'Support' } },
    });
  });

  test('OneConversation answers who is in it, since when, and what was noted', async () => {
    await using house = await openStory();
    const { callConversation } = await run(house, documents.OneConversationDocument, oneConversation);
    expect(callConversation).toMatchObject({ id: GENESYS_DEMO.conversationId, startedAt: A_MOMENT });
    expect(callConversation?.participants[0]).toMatchObject({
      ...{
        id: GENESYS_DEMO.otherId,
        purpose: 'CUSTOMER',
        activity: 'CONNECTED',
        since: A_MOMENT,
        wrapup: null,
      },
      attributes: expect.arrayContaining([{ name: 'reason', value: 'invoice' }]),
    });
  });

  test('ParticipantActions says what the state allows, why not the rest, and the codes of a wrap-up', async () => {
    await using house = await openStory();
    const { callMediaParticipant } = await run(
      house,
      documents.ParticipantActionsDocument,
      participantActions,
    );
    expect(callMediaParticipant).toMatchObject({ id: GENESYS_DEMO.ownId, activity: 'RINGING', ...HERE });
    expect(callMediaParticipant?.availableActions).toEqual(
      expect.arrayContaining([
        { action: 'ANSWER', allowed: true, reason: null },
        { action: 'HOLD', allowed: false, reason: expect.stringContaining('answered') },
      ]),
    );
    expect(callMediaParticipant?.wrapupCodes?.map(({ name }) => name)).toContain('Solved');
  });
});

describe('Acting', () => {
  test('HoldConversation, RecordConversation, SecurePause, SendDigits and SetAttributes are done to calls that go on', async () => {
    await using house = await openStory();
    const { conversationId, ownId, otherId } = GENESYS_STAGED.talking;
    const there = { conversationId, observedAt: A_MOMENT };
    const own = { id: ownId, ...there };
    expect(
      (await run(house, documents.HoldConversationDocument, holdConversation)).holdCallMediaParticipant,
    ).toEqual({
      ...{ outcome: 'APPLIED', error: null },
      participant: { ...own, state: 'CONNECTED', held: true },
    });
    const recorded = await run(house, documents.RecordConversationDocument, recordConversation);
    expect(recorded.startRecordingCallMediaParticipant).toEqual({
      ...{ outcome: 'APPLIED', error: null },
      participant: { ...own, recording: true, recordingState: 'ACTIVE' },
    });
    const paused = await run(house, documents.SecurePauseDocument, securePause);
    expect(paused.pauseCallConversationRecording).toEqual({
      ...{ outcome: 'APPLIED', error: null },
      conversation: { id: conversationId, recordingState: 'PAUSED', securePause: true, observedAt: A_MOMENT },
    });
    const noted = await run(house, documents.SetAttributesDocument, setAttributes);
    expect(noted.setCallMediaParticipantAttributes).toEqual({
      ...{ outcome: 'APPLIED', error: null },
      participant: { ...there, id: otherId, attributes: setAttributes.attributes },
    });
    const pressed = await run(house, documents.SendDigitsDocument, sendDigits);
    expect(pressed.sendDigitsToCallMediaParticipant).toEqual({
      ...{ outcome: 'APPLIED', error: null },
      participant: { id: GENESYS_DEMO.ownId, activity: 'CONNECTED', ...HERE },
    });
  });

  test('AnswerConversation takes a ringing call', async () => {
    await using house = await openStory();
    const { conversationId } = GENESYS_STAGED.ringing;
    const answered = await run(house, documents.AnswerConversationDocument, answerConversation);
    expect(answered.answerCallMediaParticipant).toMatchObject({
      ...{ outcome: 'APPLIED', error: null },
      participant: { conversationId, state: 'CONNECTED', connectedTime: A_MOMENT },
    });
    expect(statesOf(truthOf(house, conversationId)).at(-1)).toBe('agent connected');
  });

  test('TransferConversation hands the call on to a queue', async () => {
    await using house = await openStory();
    const { conversationId, ownId } = GENESYS_STAGED.transfer;
    const handedOn = await run(house, documents.TransferConversationDocument, transferConversation);
    expect(handedOn.transferCallMediaParticipant).toMatchObject({
      ...{ outcome: 'APPLIED', error: null },
      participant: { id: ownId, conversationId, state: 'DISCONNECTED', disconnectType: 'TRANSFER' },
    });
    expect(statesOf(truthOf(house, conversationId)).at(-1)).toBe('acd connected');
  });

  test('Consult asks a colleague, and CompleteConsult leaves the call to the one who was asked', async () => {
    await using house = await openStory();
    const { conversationId, otherId } = GENESYS_STAGED.asking;
    const asked = await run(house, documents.ConsultDocument, consult);
    expect(asked.startConsultTransfer).toEqual({
      ...{ outcome: 'APPLIED', error: null, destinationParticipantId: AN_ID },
      participant: { id: otherId, conversationId, activity: 'ON_HOLD', observedAt: A_MOMENT },
      destinationParticipant: { id: AN_ID, conversationId, activity: 'RINGING', observedAt: A_MOMENT },
    });
    const colleague = truthOf(house, conversationId).participants.find(({ user }) => user?.id === BEN);
    expect(colleague?.id).toBe(asked.startConsultTransfer.destinationParticipantId);

    const completed = await run(house, documents.CompleteConsultDocument, completeConsult);
    expect(completed.completeConsultTransfer).toMatchObject({
      ...{ outcome: 'APPLIED', error: null },
      participant: { conversationId: GENESYS_STAGED.consultation.conversationId, activity: 'CONNECTED' },
    });
    const left = truthOf(house, GENESYS_STAGED.consultation.conversationId).participants;
    expect(
      left.filter(({ state }) => state === 'connected').map(({ purpose, user }) => [purpose, user?.id]),
    ).toEqual([
      ['customer', undefined],
      ['user', BEN],
    ]);
  });

  test('WrapUp notes what a call was about, once it is over', async () => {
    await using house = await openStory();
    const { wrapUpCallMediaParticipant } = await run(house, documents.WrapUpDocument, wrapUp);
    expect(wrapUpCallMediaParticipant).toMatchObject({
      ...{ outcome: 'APPLIED', error: null },
      participant: {
        ...{ id: GENESYS_STAGED.afterCall.ownId, activity: 'LEFT' },
        wrapup: { code: wrapUp.code, name: 'Solved', notes: wrapUp.notes },
      },
    });
  });

  test('PlaceACall is placed once, however often it is clicked', async () => {
    await using house = await openStory();
    const first = await run(house, documents.PlaceACallDocument, placeACall);
    expect(first.placeCall).toMatchObject({
      ...{ outcome: 'APPLIED', replayed: false, error: null },
      conversation: { id: AN_ID, participants: [{ name: 'Ada Lind', activity: 'DIALING' }, {}] },
    });
    const second = await run(house, documents.PlaceACallDocument, placeACall);
    expect(second.placeCall).toMatchObject({
      ...{ outcome: 'APPLIED', replayed: true },
      conversation: { id: first.placeCall.conversation?.id },
    });
    const placed = house.simulator
      .requests()
      .filter(({ operationId }) => operationId === 'postConversationsCalls');
    expect(placed).toHaveLength(1);
  });

  test('MergeConversations brings another call into a conference', async () => {
    await using house = await openStory();
    const { conversationId } = GENESYS_STAGED.conference;
    const merged = await run(house, documents.MergeConversationsDocument, mergeConversations);
    expect(merged.mergeCallConversations).toMatchObject({
      ...{ outcome: 'APPLIED', error: null },
      conversation: { id: conversationId },
    });
    const talk = statesOf(truthOf(house, conversationId)).filter((state) => state.endsWith('connected'));
    expect(talk).toHaveLength(4);
  });

  test('Monitor lets a supervisor listen to an agent', async () => {
    await using house = await openStory();
    const { conversationId, ownId } = GENESYS_STAGED.supervised;
    const { monitorCallMediaParticipant } = await run(house, documents.MonitorDocument, monitor);
    expect(monitorCallMediaParticipant).toMatchObject({
      ...{ outcome: 'APPLIED', error: null },
      participant: { id: ownId, conversationId, activity: 'CONNECTED' },
    });
    expect(truthOf(house, conversationId).participants.at(-1)).toMatchObject({
      ...{ user: { id: ADA }, monitoredParticipantId: ownId },
    });
  });
});

describe('Watching', () => {
  const change = ({ simulator }: GenesysHouse, changes: object) =>
    simulator.genesys.move(GENESYS_DEMO.conversationId, GENESYS_DEMO.ownId, { ...changes });

  test('WatchAConversation begins with the whole conversation and goes on with each change', async () => {
    await using house = await openStory();
    const heard = listen(house, documents.WatchAConversationDocument, watchAConversation);
    await until(() => heard().length > 0);
    const [first] = heard().map(({ conversationEvents }) => conversationEvents);
    change(house, { state: 'connected' });
    // The others are told of, too: what can be done with them has changed.
    const answered = () =>
      heard()
        .map(({ conversationEvents }) => conversationEvents)
        .find(
          (event) =>
            event.__typename === 'CallMediaParticipantChange' && event.previousActivity === 'RINGING',
        );
    await until(answered);
    expect(first).toMatchObject({
      ...{ __typename: 'ConversationSnapshot', cursor: expect.any(String), reason: 'SUBSCRIBED' },
      conversation: { id: GENESYS_DEMO.conversationId },
    });
    expect(answered()).toEqual({
      ...{ __typename: 'CallMediaParticipantChange', cursor: expect.any(String), skipped: 0 },
      previousActivity: 'RINGING',
      participant: {
        id: GENESYS_DEMO.ownId,
        activity: 'CONNECTED',
        state: 'CONNECTED',
        held: false,
        muted: false,
        ...HERE,
      },
    });
  });

  test('WatchParticipants begins with each participant and goes on with the one that changes', async () => {
    await using house = await openStory();
    const heard = listen(house, documents.WatchParticipantsDocument, watchParticipants);
    await until(() => heard().length === 4);
    change(house, { muted: true });
    await until(() => heard().length === 5);
    expect(heard().map(({ callMediaParticipantUpdated: { name, muted } }) => [name, muted])).toEqual([
      ...truthOf(house, GENESYS_DEMO.conversationId).participants.map(({ name }) => [name, false]),
      ['Ada Lind', true],
    ]);
  });

  test('WatchMyConversations begins with your conversations, and tells of one that begins', async () => {
    await using house = await openStory();
    const heard = listen(house, documents.WatchMyConversationsDocument, {});
    const listed = () =>
      heard().flatMap(({ conversationListEvents: event }) =>
        event.__typename === 'ConversationList' ? [event.conversations.map(({ id }) => id)] : [],
      );
    await until(() => listed()[0]?.includes(GENESYS_DEMO.conversationId));
    const { id } = house.simulator.genesys.start({ kind: 'direct', to: 'ada' });
    await until(() => listed().at(-1)?.includes(String(id)));
  });
});

test('Every example of Genesys Cloud has run here', async () => {
  const files = await readdir(new URL('../../examples/', import.meta.url));
  const examples = files.filter((file) => file.endsWith('.graphql') && file >= '30');
  expect(ran.size).toBe(examples.length);
});

test('A gateway without a setting shows live conversations beside calls, to whoever comes without a token', async () => {
  await using gateway = await openGateway({});
  const ask = async (query: string) => {
    const response = await fetch(gateway.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: an operation that is only text has data of any shape.
    return (await response.json()) as any;
  };
  const { data, errors } = await ask(documents.OneCardDocument.toString());
  expect(errors).toBeUndefined();
  expect(data.viewer.activeCalls.map(({ session }: AnyBody) => session.id)).toContain(DEMO_SESSION_ID);
  const { id, system, isOver } = data.viewer.conversations[0];
  expect({ id, system, isOver }).toEqual({
    id: GENESYS_DEMO.conversationId,
    system: 'GENESYS',
    isOver: false,
  });
  expect(data.viewer.conversations[0].participants.at(-1).activity).toMatch(/RINGING|CONNECTED|ON_HOLD/);
});

test.each([
  ['RINGCENTRAL_SERVER_URL', ['OneCard', 'MyCalls', 'Wallboard'], ['MyConversations', 'Monitor']],
  ['GENESYS_API_URL', ['OneCard', 'MyConversations', 'Monitor'], ['MyCalls', 'Wallboard']],
])(
  'GraphiQL of a gateway with %s alone shows the examples that it can answer',
  async (setting, shown, hidden) => {
    await using simulator = await createSimulator({ settings: { story: false } });
    await using gateway = await openGateway({ [setting]: simulator.url, GRAPHIQL: 'on' });
    const page = await (await fetch(gateway.url, { headers: { accept: 'text/html' } })).text();
    const isShown = (title: string) => new RegExp(`(query|mutation|subscription) ${title}\\b`).test(page);
    expect([shown.filter((title) => !isShown(title)), hidden.filter(isShown)]).toEqual([[], []]);
  },
);
