import { describe, expect, test } from 'vitest';
import {
  type Action,
  type ActionName,
  act,
  addParty,
  type Call,
  changeParty,
  connect,
  findParty,
  hangUp,
  leave,
  newLeg,
  PARTY_CODES,
  type Party,
  type PartyCode,
  partyIdOf,
  ring,
  roomForGuest,
} from '../../src/simulator/call.ts';
import { Refusal } from '../../src/simulator/refusals.ts';

const SESSION = 's-a0102030001z19cb96f3e89z5e1b0000';
const OWN = partyIdOf(SESSION, 2);
const peer = { sessionId: 's-other', partyId: 'p-other-1' };
const caller = { extensionId: null, endpoint: { phoneNumber: '+12025550147' } };
const user = {
  extensionId: '701001004',
  endpoint: { phoneNumber: '+12025550110', extensionId: '701001004' },
};
const supervisor = newLeg({ phoneNumber: '103' }, { ...user, extensionId: '701003004' }, 'Setup');

const NOBODY: Call = {
  id: SESSION,
  legacyId: '1',
  origin: 'Call',
  voiceCallToken: null,
  createdAt: 0,
  changedAt: 0,
  endedAt: null,
  parties: [],
};

/** Somebody outside, and the user's party in the given state. */
function callWith(changes: Partial<Party>): Call {
  const calling = { ...newLeg(caller.endpoint, { ...user, extensionId: null }, 'Answered') };
  const two = addParty(
    addParty(NOBODY, { ...calling, direction: 'Outbound' }, 1),
    newLeg(caller.endpoint, user, 'Proceeding'),
    1,
  );
  return changeParty(two, OWN, changes, 2);
}

/** Every action, in the order of the columns below. */
const ACTIONS = [
  { name: 'answer' },
  { name: 'reject' },
  { name: 'ignore' },
  { name: 'reply' },
  { name: 'forward' },
  { name: 'forwardToVoicemail' },
  { name: 'transfer' },
  { name: 'transferToPark' },
  { name: 'hold' },
  { name: 'unhold' },
  { name: 'update', muted: true, standAlone: false },
  { name: 'park', slot: '*801' },
  { name: 'pickup', peer },
  { name: 'bridge', peer },
  { name: 'bringIn', peer },
  { name: 'flip' },
  { name: 'startRecording', recordingId: '1' },
  { name: 'updateRecording', recordingId: '7', active: false },
  { name: 'remove', keepConferenceAlive: false },
  { name: 'superviseParty', leg: supervisor },
  { name: 'superviseSession', leg: supervisor },
] as const satisfies readonly Action[];
type Covered = (typeof ACTIONS)[number]['name'];
const everyActionHasAColumn: ActionName extends Covered ? true : never = true;

/** The state after the action, for each column; `no` is 409. A missing row or cell does not compile. */
type RowOf<Actions> = { readonly [Column in keyof Actions]: PartyCode | 'no' };
type Row = RowOf<typeof ACTIONS>;
const no = 'no';
const P = 'Proceeding';
const A = 'Answered';
const H = 'Hold';
const K = 'Parked';
const V = 'VoiceMail';
const D = 'Disconnected';
const G = 'Gone';

// The party is one of a queue, so that `ignore` depends on the state alone.
// biome-ignore format: a table
const AFTER: Record<PartyCode, Row> = {
  // answer  rej ign reply    fwd fwdV xfer xPark hold unh upd park pick brdg brin flip rec  recU rem supP supS
  Setup:              [P, V, D, 'Setup', D, V, no, no, no, no, no, no, no, no, no, no, no, no, D, no, no],
  Proceeding:         [P, V, D, P, D, V, no, no, no, no, no, no, no, no, no, no, no, no, D, no, no],
  Answered:           [no, no, no, no, no, no, D, K, H, no, A, K, no, G, G, A, A, A, D, A, A],
  Hold:               [no, no, no, no, no, no, D, K, no, A, H, no, no, G, G, no, no, H, D, no, no],
  Parked:             [no, no, no, no, no, no, no, no, no, no, no, no, G, no, no, no, no, no, D, no, no],
  VoiceMail:          [no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, D, no, no],
  VoiceMailScreening: [no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, D, no, no],
  FaxReceive:         [no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, D, no, no],
  Tds:                [no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, D, no, no],
  Gone:               [no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no],
  Disconnected:       [no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no, no],
};

const cells = PARTY_CODES.flatMap((code) =>
  ACTIONS.map((action, column) => ({ code, action, after: AFTER[code][column] ?? no })),
);

describe('a party in one state, asked to do something', () => {
  test('has a cell for every action', () => {
    expect(everyActionHasAColumn).toBe(true);
    expect(cells).toHaveLength(11 * 21);
  });

  test.each(cells)('$code, $action.name: $after', ({ code, action, after }) => {
    const recordings = [{ id: '7', active: false, mode: 'OnDemand' as const }];
    const before = callWith({ code, queueCall: true, recordings });
    const result = act(before, OWN, action, 5);
    if (after === no) {
      expect(result).toBeInstanceOf(Refusal);
      expect(result).toMatchObject({ status: 409, errorCode: 'TAS-102' });
      return;
    }
    if (result instanceof Refusal) throw result;
    expect(findParty(result, OWN)?.code).toBe(after);
    expect(findParty(before, OWN)?.code, 'the state before is not touched').toBe(code);
  });

  test('is 404 for a party that is not there', () => {
    expect(act(NOBODY, 'p-nobody', { name: 'hold' }, 5)).toMatchObject({
      status: 404,
      errorCode: 'CMN-102',
      details: { parameterName: 'partyId' },
    });
  });
});

describe('what a command does beside the state', () => {
  const talking = callWith({ code: 'Answered' });

  test('an action that changes nothing answers the same state', () => {
    expect(act(talking, OWN, { name: 'update', muted: false, standAlone: false }, 9)).toBe(talking);
  });

  test('hold fails while the other end rings or is a voicemail, and where nobody has been reached', () => {
    for (const code of ['Proceeding', 'VoiceMail']) {
      const call = changeParty(talking, partyIdOf(SESSION, 1), { code }, 3);
      expect(act(call, OWN, { name: 'hold' }, 5)).toMatchObject({ errorCode: 'TAS-102' });
    }
    const alone = addParty(NOBODY, { ...newLeg(user.endpoint, user, 'Answered'), direction: 'Outbound' }, 1);
    expect(act(alone, partyIdOf(SESSION, 1), { name: 'hold' }, 5)).toMatchObject({ errorCode: 'TAS-102' });
  });

  test('ignore is for queue calls, and park for incoming ones', () => {
    expect(act(callWith({ code: 'Proceeding' }), OWN, { name: 'ignore' }, 5)).toBeInstanceOf(Refusal);
    const outgoing = callWith({ code: 'Answered', direction: 'Outbound' });
    expect(act(outgoing, OWN, { name: 'park', slot: '*801' }, 5)).toBeInstanceOf(Refusal);
  });

  test('a rejected phone stops ringing; the voicemail comes only after the last one', () => {
    const two = addParty(callWith({ code: 'Proceeding' }), newLeg(caller.endpoint, user, 'Proceeding'), 3);
    const once = act(two, OWN, { name: 'reject' }, 5) as Call;
    expect(findParty(once, OWN)).toMatchObject({ code: 'Disconnected', reason: 'Rejected' });
    expect(
      findParty(act(once, partyIdOf(SESSION, 3), { name: 'reject' }, 5) as Call, partyIdOf(SESSION, 3)),
    ).toMatchObject({ code: 'VoiceMail' });
  });

  test('a recording that is started again is the same one', () => {
    const started = act(talking, OWN, { name: 'startRecording', recordingId: '1' }, 5) as Call;
    const paused = act(started, OWN, { name: 'updateRecording', recordingId: '1', active: false }, 6) as Call;
    const again = act(paused, OWN, { name: 'startRecording', recordingId: '2' }, 7) as Call;
    expect(findParty(again, OWN)?.recordings).toEqual([{ id: '1', active: true, mode: 'OnDemand' }]);
    expect(act(again, OWN, { name: 'updateRecording', recordingId: '2', active: true }, 8)).toMatchObject({
      status: 404,
      details: { parameterName: 'recordingId' },
    });
  });

  test('a recorded call cannot become a guest of a conference', () => {
    const recorded = act(talking, OWN, { name: 'startRecording', recordingId: '1' }, 5) as Call;
    expect(act(recorded, OWN, { name: 'bringIn', peer }, 6)).toMatchObject({ errorCode: 'TAS-102' });
  });

  test('a parked call leaves its number behind in every other state', () => {
    const parked = act(talking, OWN, { name: 'park', slot: '*801' }, 5) as Call;
    expect(findParty(parked, OWN)).toMatchObject({ code: 'Parked', parkData: '*801' });
    expect(findParty(hangUp(parked, 6), OWN)).toMatchObject({ code: 'Disconnected', parkData: null });
  });

  test('one supervisor per call, and a party of a call with three cannot be supervised', () => {
    const supervised = act(talking, OWN, { name: 'superviseSession', leg: supervisor }, 5) as Call;
    expect(supervised.parties[2]).toMatchObject({ supervises: OWN });
    expect(act(supervised, OWN, { name: 'superviseSession', leg: supervisor }, 6)).toBeInstanceOf(Refusal);
    const three = addParty(talking, newLeg(caller.endpoint, caller, 'Answered'), 3);
    expect(act(three, OWN, { name: 'superviseParty', leg: supervisor }, 6)).toBeInstanceOf(Refusal);
    expect(act(three, OWN, { name: 'superviseSession', leg: supervisor }, 6)).not.toBeInstanceOf(Refusal);
  });
});

describe('what the network does', () => {
  test('a phone rings, is answered, and connects its caller', () => {
    const placed = changeParty(callWith({ code: 'Setup' }), partyIdOf(SESSION, 1), { code: 'Proceeding' }, 2);
    const answered = connect(ring(placed, OWN, 3), OWN, 4);
    expect(answered.parties.map(({ code }) => code)).toEqual(['Answered', 'Answered']);
    expect(answered.changedAt).toBe(4);
    expect(connect(answered, OWN, 5)).toBe(answered);
    expect(ring(answered, OWN, 5)).toBe(answered);
  });

  test('the agent who is first takes the call from the others', () => {
    const agents = addParty(
      callWith({ code: 'Proceeding', queueCall: true }),
      { ...newLeg(caller.endpoint, user, 'Proceeding'), queueCall: true },
      2,
    );
    const [, first, second] = connect(agents, OWN, 3).parties;
    expect(first).toMatchObject({ code: 'Answered' });
    expect(second).toMatchObject({ code: 'Disconnected', reason: 'AgentAnswered' });
  });

  test('with one end gone the other has nobody to talk to, and a call without anybody is over', () => {
    const left = leave(callWith({ code: 'Answered' }), OWN, 7);
    expect(left.parties.map(({ code }) => code)).toEqual(['Disconnected', 'Disconnected']);
    expect(left.endedAt).toBe(7);
    expect(hangUp(left, 8)).toBe(left);
  });

  test('a supervisor who leaves takes nobody along', () => {
    const talking = callWith({ code: 'Answered' });
    const supervised = act(talking, OWN, { name: 'superviseParty', leg: supervisor }, 5) as Call;
    expect(leave(supervised, partyIdOf(SESSION, 3), 6).endedAt).toBeNull();
  });
});

describe('a conference', () => {
  const empty: Call = { ...NOBODY, origin: 'Conference' };
  const host = { ...newLeg(user.endpoint, user, 'Answered'), conferenceRole: 'Host' as const };
  const guest = { ...newLeg(user.endpoint, caller, 'Gone'), conferenceRole: 'Participant' as const };

  test('takes guests once its host is there, and ten of them', () => {
    expect(roomForGuest(NOBODY)).toMatchObject({ status: 409, errorCode: 'TAS-102' });
    expect(roomForGuest(empty)).toMatchObject({ status: 403, errorCode: 'TAS-106' });
    let conference = addParty(empty, host, 1);
    for (let guests = 0; guests < 10; guests++) {
      expect(roomForGuest(conference)).toBeNull();
      conference = addParty(conference, guest, 1);
    }
    expect(roomForGuest(conference)).toMatchObject({ status: 409 });
  });

  test('ends with its host, unless it shall be kept; a guest who is gone is there and can be removed', () => {
    const both = addParty(addParty(empty, host, 1), guest, 1);
    const [hostId, guestId] = [partyIdOf(SESSION, 1), partyIdOf(SESSION, 2)];
    const ended = act(both, hostId, { name: 'remove', keepConferenceAlive: false }, 2) as Call;
    expect(ended.parties.map(({ code }) => code)).toEqual(['Disconnected', 'Disconnected']);
    const kept = act(both, hostId, { name: 'remove', keepConferenceAlive: true }, 2) as Call;
    expect(kept.endedAt).toBeNull();
    const without = act(both, guestId, { name: 'remove', keepConferenceAlive: false }, 2) as Call;
    expect(without.parties.map(({ code }) => code)).toEqual(['Answered', 'Disconnected']);
    expect(without.endedAt).toBeNull();
  });
});
