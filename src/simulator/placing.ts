/** The ways a call begins: by a command of Call Control, or because somebody out there calls. */
import { extensionByNumber } from './account.ts';
import {
  addParty,
  type Call,
  type Callee,
  changeParty,
  connect,
  type Endpoint,
  hangUp,
  newLeg,
  type Party,
  type PartyCode,
  partyIdOf,
  ring,
} from './call.ts';
import { CONFERENCE } from './commands.ts';
import type { Extension } from './company/extension.ts';
import { queueByNumber } from './company/groups.ts';
import { takesOwnCalls } from './company/staff.ts';
import { colleague, dialled, endpointOf, insider, outsider, ownDevice } from './dialing.ts';
import { type Body, exactlyOne, object, phoneNumber } from './fields.ts';
import { agentLeg, freeAgents, waitingLeg } from './queueing.ts';
import { invalid } from './refusals.ts';
import { endVoicemail, join, type Switchboard } from './switchboard.ts';

/** The user's own phone rings first, then the number that is called. */
export function callOut(board: Switchboard, viewer: Extension, body: Body): Call {
  const device = ownDevice(viewer, object(body, 'from'));
  const [way, value] = exactlyOne(object(body, 'to'), ['phoneNumber', 'extensionNumber']);
  const callee = way === 'phoneNumber' ? outsider(phoneNumber(value)) : dialled(String(value), way);
  if (way === 'extensionNumber' && callee.extensionId === null) throw invalid(way, value);

  const opened = board.open({ origin: 'CallOut' });
  const { id } = opened;
  const leg = newLeg(endpointOf(viewer, device), { ...callee, extensionId: viewer.id }, 'Setup');
  const own = join(board, opened, { ...leg, direction: 'Outbound' }).id;
  const placed = board.call(id);
  const { callOutPace } = board.settings;
  board.later(callOutPace, () => {
    board.change(id, (call, at) => ring(call, own, at));
    board.later(callOutPace, () => {
      board.change(id, (call, at) => connect(call, own, at));
      board.later(callOutPace, () => {
        // Whoever called may have hung up before anybody was reached.
        const call = board.find(id);
        if (call?.endedAt === null) join(board, call, newLeg(endpointOf(viewer), callee, 'Proceeding'));
      });
    });
  });
  return placed;
}

/** A conference waits for its host's phone, which dials the `voiceCallToken`. */
export function createConference(board: Switchboard, host: Extension, id?: string): Call {
  const conference = board.open({
    origin: 'Conference',
    voiceCallToken: true,
    ...(id === undefined ? {} : { id }),
  });
  const { conferenceHostJoins, conferenceLifetime } = board.settings;
  board.later(conferenceHostJoins, () => joinAsHost(board, conference.id, host));
  board.later(conferenceLifetime * 1_000, () =>
    board.change(conference.id, (call, at) => (call.parties.length === 0 ? hangUp(call, at) : call)),
  );
  return conference;
}

/** What kinds of calls can be ordered. */
export const CALL_KINDS = ['inbound', 'outbound', 'internal', 'queue', 'conference'] as const;
export type CallKind = (typeof CALL_KINDS)[number];

/** A call as a test, or the story, wants it. */
export interface CallOrder {
  readonly kind: CallKind;
  /** A phone number, or an extension of the account; every kind has somebody by default. */
  readonly from?: string;
  readonly to?: string;
  /** The state of whoever is called; `Proceeding`, which rings, by default. */
  readonly state?: string;
  /** A session id of one's own choice. */
  readonly id?: string;
}

/**
 * Somebody calls.
 * @throws {Refusal} 400 when a number belongs to nobody, or the kind of call is not possible between the two.
 */
export function placeCall(board: Switchboard, order: CallOrder): Call {
  switch (order.kind) {
    case 'conference':
      return placeConference(board, order);
    case 'queue':
      return placeQueueCall(board, order);
    case 'inbound':
      return placeBetween(board, order, stranger(order.from, 'from'), insider(user(order.to, 'to', '101')));
    case 'outbound':
      return placeBetween(board, order, insider(user(order.from, 'from', '101')), stranger(order.to, 'to'));
    case 'internal': {
      // Among each other, people of the account are shown by their extension numbers.
      const caller = colleague(user(order.from, 'from', '101'));
      return placeBetween(board, order, caller, colleague(user(order.to, 'to', '102')));
    }
  }
}

const SOMEBODY = '+12025550147';

function placeBetween(
  board: Switchboard,
  { kind, state: wanted, id }: CallOrder,
  caller: Callee,
  callee: Callee,
): Call {
  const opened = board.open({ origin: 'Call', ...(id === undefined ? {} : { id }) });
  const at = board.now();
  const state = wanted ?? (isUndisturbed(board, callee) ? 'VoiceMail' : 'Proceeding');
  const rings = state === 'Setup' || state === 'Proceeding';
  // A call towards the account is taken by RingCentral at once; one out of it when somebody answers.
  const callerCode = kind === 'outbound' && rings ? 'Proceeding' : 'Answered';
  const calling = addParty(opened, callerLeg(caller, callee.endpoint, callerCode), at);
  const called = addParty(calling, newLeg(caller.endpoint, callee, 'Setup'), at);
  const placed = board.put(changeParty(called, partyIdOf(opened.id, 2), { code: state }, at));
  if (state === 'VoiceMail') endVoicemail(board, { sessionId: opened.id, partyId: partyIdOf(opened.id, 2) });
  return placed;
}

/** Whose calls go to the voicemail at once. */
function isUndisturbed({ staff }: Switchboard, { extensionId }: Callee): boolean {
  return extensionId !== null && !takesOwnCalls(staff.statusOf(extensionId));
}

/** The queue takes the call, and its agents who are free ring; `state` is that of the first of them. */
function placeQueueCall(board: Switchboard, { from, to = '200', state = 'Proceeding' }: CallOrder): Call {
  const queue = queueByNumber(to);
  if (queue === undefined) throw invalid('to', to);
  const caller = stranger(from, 'from');
  const agents = freeAgents(board, queue);
  const at = board.now();
  const waiting = waitingLeg(queue, caller.endpoint);
  const legs = [
    callerLeg(caller, endpointOf(queue.extension), 'Answered'),
    agents.length === 0 ? waiting : { ...waiting, code: 'Disconnected' },
    ...agents.map((agent) => agentLeg(queue, caller.endpoint, agent)),
  ];
  const call = legs.reduce((grown, leg) => addParty(grown, leg, at), board.open({ origin: 'Call' }));
  if (agents.length === 0) return board.put(call);
  const firstAgent = partyIdOf(call.id, 3);
  return board.put(
    state === 'Answered' ? connect(call, firstAgent, at) : changeParty(call, firstAgent, { code: state }, at),
  );
}

function placeConference(board: Switchboard, { from, state, id: wanted }: CallOrder): Call {
  const host = user(from, 'from', '101');
  const { id } = createConference(board, host, wanted);
  if (state === 'Answered') joinAsHost(board, id, host);
  return board.call(id);
}

function joinAsHost(board: Switchboard, conferenceId: string, host: Extension): void {
  const conference = board.find(conferenceId);
  if (conference === undefined || conference.endedAt !== null || conference.parties.length > 0) return;
  const to = { extensionId: host.id, endpoint: CONFERENCE };
  const leg = newLeg(endpointOf(host, host.devices[0]), to, 'Answered');
  join(board, conference, { ...leg, direction: 'Outbound', conferenceRole: 'Host' });
}

function callerLeg(caller: Callee, to: Endpoint, code: PartyCode): Omit<Party, 'id'> {
  const leg = newLeg(caller.endpoint, { extensionId: caller.extensionId, endpoint: to }, code);
  return { ...leg, direction: 'Outbound' };
}

function stranger(number: string | undefined, parameterName: string): Callee {
  return outsider(phoneNumber(number ?? SOMEBODY, parameterName));
}

function user(number: string | undefined, parameterName: string, otherwise: string): Extension {
  const extension = extensionByNumber(number ?? otherwise);
  if (extension?.type !== 'User' || extension.status !== 'Enabled') throw invalid(parameterName, number);
  return extension;
}
