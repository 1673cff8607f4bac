import { describe, expect, test } from 'vitest';
import type { CallParty, CallSession, PartyStatusCode } from '../../schema/model.ts';
import * as transitions from '../../src/live/transitions.ts';
import type { RingCentralKind } from '../../src/ringcentral/call-kind.ts';
import { RINGCENTRAL_CALLS } from '../../src/ringcentral/call-shape.ts';
import { party, session, status } from './support.ts';

type Held = transitions.Held<RingCentralKind>;
type Observation = transitions.Observation<RingCentralKind>;
type Outlook = transitions.Outlook<RingCentralKind>;

const { movedTo } = RINGCENTRAL_CALLS;
const isCallOver = (call: CallSession) => transitions.isCallOver(RINGCENTRAL_CALLS, call);
const ended = (call: CallSession) => transitions.ended(RINGCENTRAL_CALLS, call);
const withParty = (call: CallSession, one: CallParty) => transitions.withParty(RINGCENTRAL_CALLS, call, one);

/** Whether anybody else talks: what a party could be shown of the others. */
const company: Outlook = (call, { id }) =>
  call.parties.some((one) => one.id !== id && one.status.code === 'ANSWERED') ? 'company' : 'alone';
const nothing: Outlook = () => '';

const observe = (held: Held | null, observation: Observation, outlook = nothing) =>
  transitions.observe(RINGCENTRAL_CALLS, held, observation, outlook);

/** A state that was seen at 100 ms, of parties that were seen then. */
function heldAs(parties: readonly CallParty[], more: Partial<CallSession> = {}, outlook = nothing): Held {
  const seen = parties.map((one) => ({ ...one, observedAt: 100 }));
  const whole = session(seen, { observedAt: 100, ...more });
  const outlooks = new Map(seen.map((one) => [one.id, outlook(whole, one)]));
  return { call: whole, outlooks, changedAt: 100, marks: new Map(), shown: new Map() };
}

/** What a body tells, shortly: the verdict, and each transition as `id before→after`. */
function told(held: Held | null, parties: readonly CallParty[], times: { sentAt: number; only?: string }) {
  const verdict = observe(held, { call: session(parties), receivedAt: times.sentAt + 10, ...times });
  const changes = verdict.kind === 'changed' ? verdict.transitions : [];
  return [
    verdict.kind,
    ...changes.map(
      ({ party: { id, status: now }, previousStatus }) => `${id} ${previousStatus?.code ?? ''}→${now.code}`,
    ),
  ];
}

describe('A body of a call', () => {
  const talking = heldAs([party('p-1', 'ANSWERED'), party('p-2', 'ANSWERED')]);
  const CASES: Record<string, [Held | null, CallParty[], { sentAt: number; only?: string }, string[]]> = {
    'is all news at first.': [
      null,
      [party('p-1', 'SETUP'), party('p-2', 'PROCEEDING')],
      { sentAt: 0 },
      ['changed', 'p-1 →SETUP', 'p-2 →PROCEEDING'],
    ],
    'that is like the held one confirms it, however old it is.': [
      talking,
      [party('p-1', 'ANSWERED'), party('p-2', 'ANSWERED')],
      { sentAt: 1 },
      ['confirmed'],
    ],
    'tells each difference once, in the order of the parties.': [
      talking,
      [party('p-2', 'DISCONNECTED'), party('p-1', 'HOLD')],
      { sentAt: 100 },
      ['changed', 'p-1 ANSWERED→HOLD', 'p-2 ANSWERED→DISCONNECTED'],
    ],
    'tells of a change beside the status too.': [
      talking,
      [party('p-1', 'ANSWERED', { muted: true }), party('p-2', 'ANSWERED')],
      { sentAt: 100 },
      ['changed', 'p-1 ANSWERED→ANSWERED'],
    ],
    'tells of a party that joined.': [
      talking,
      [party('p-1', 'ANSWERED'), party('p-2', 'ANSWERED'), party('p-3', 'SETUP')],
      { sentAt: 100 },
      ['changed', 'p-3 →SETUP'],
    ],
    'is in doubt when it differs and was asked for before the last change.': [
      talking,
      [party('p-1', 'HOLD'), party('p-2', 'ANSWERED')],
      { sentAt: 99 },
      ['doubtful'],
    ],
    'says nothing of the parties that it leaves out.': [
      talking,
      [party('p-2', 'HOLD')],
      { sentAt: 100 },
      ['changed', 'p-2 ANSWERED→HOLD'],
    ],
    'that is only about one party says nothing of the others.': [
      talking,
      [party('p-1', 'DISCONNECTED'), party('p-2', 'HOLD')],
      { sentAt: 100, only: 'p-2' },
      ['changed', 'p-2 ANSWERED→HOLD'],
    ],
    'tells of a party that is in it twice once.': [
      talking,
      [party('p-1', 'SETUP'), party('p-1', 'HOLD'), party('p-2', 'ANSWERED')],
      { sentAt: 100 },
      ['changed', 'p-1 ANSWERED→HOLD'],
    ],
    'does not bring a DISCONNECTED party back to life.': [
      heldAs([party('p-1', 'DISCONNECTED')]),
      [party('p-1', 'HOLD')],
      { sentAt: 100 },
      ['confirmed'],
    ],
    'does not make a DISCONNECTED party GONE.': [
      heldAs([party('p-1', 'DISCONNECTED')]),
      [party('p-1', 'GONE')],
      { sentAt: 100 },
      ['confirmed'],
    ],
    'does not bring a GONE party back to life.': [
      heldAs([party('p-1', 'GONE')]),
      [party('p-1', 'ANSWERED')],
      { sentAt: 100 },
      ['confirmed'],
    ],
    'may disconnect a GONE party, as a member of a conference ends.': [
      heldAs([party('p-1', 'GONE')]),
      [party('p-1', 'DISCONNECTED')],
      { sentAt: 100 },
      ['changed', 'p-1 GONE→DISCONNECTED'],
    ],
    'may tell later why a party was disconnected.': [
      heldAs([party('p-1', 'DISCONNECTED')]),
      [party('p-1', 'DISCONNECTED', { status: status('DISCONNECTED', { reason: 'NO_ANSWER' }) })],
      { sentAt: 100 },
      ['changed', 'p-1 DISCONNECTED→DISCONNECTED'],
    ],
  };

  for (const [name, [held, parties, times, expected]] of Object.entries(CASES)) {
    test(name, () => expect(told(held, parties, times)).toEqual(expected));
  }

  test('is believed although it seems older, when the clock was set back by an hour.', () => {
    const held = { ...talking, changedAt: 3_600_000 };
    expect(told(held, [party('p-1', 'HOLD')], { sentAt: 200 })).toEqual(['changed', 'p-1 ANSWERED→HOLD']);
  });

  test('makes observedAt of each party that it shows later, also within one millisecond.', () => {
    let held: Held | null = null;
    const times: number[] = [];
    for (const code of ['SETUP', 'SETUP', 'ANSWERED', 'HOLD'] satisfies PartyStatusCode[]) {
      const verdict = observe(held, { call: session([party('p-1', code)]), sentAt: 7, receivedAt: 7 });
      if (verdict.kind === 'doubtful') throw new Error('asked after the last change');
      held = verdict.held;
      times.push(held.call.parties[0]?.observedAt ?? 0);
    }
    expect(times).toEqual([7, 8, 9, 10]);
  });

  test('leaves observedAt alone of a party that it does not show.', () => {
    const held = heldAs([party('p-1', 'ANSWERED'), party('p-2', 'ANSWERED')]);
    const verdict = observe(held, {
      call: withParty(held.call, party('p-2', 'HOLD')),
      sentAt: 200,
      receivedAt: 210,
      only: 'p-2',
    });
    expect(verdict).toMatchObject({
      held: { call: { parties: [{ observedAt: 100 }, { observedAt: 210 }] }, changedAt: 210 },
    });
  });

  test('that is reduced takes nothing away from what is known of the session.', () => {
    const held = heldAs([party('p-1', 'ANSWERED')], { originType: 'CONFERENCE', voiceCallToken: 'conf_1' });
    const reduced = session([], { originType: null, rawOriginType: null, creationTime: null });
    const verdict = observe(held, { call: reduced, sentAt: 200, receivedAt: 210 });
    expect(verdict).toEqual({
      kind: 'confirmed',
      held: { ...held, call: { ...held.call, observedAt: 210 } },
    });
  });

  test('keeps the places of the parties.', () => {
    const held = heldAs(['p-1', 'p-2', 'p-3'].map((id) => party(id, 'ANSWERED')));
    const verdict = observe(held, {
      call: session([party('p-4', 'SETUP'), party('p-3', 'ANSWERED'), party('p-1', 'ANSWERED')]),
      sentAt: 200,
      receivedAt: 210,
    });
    const parties = verdict.kind === 'changed' ? verdict.held.call.parties : [];
    expect(parties.map(({ id }) => id)).toEqual(['p-1', 'p-2', 'p-3', 'p-4']);
  });
});

describe('A party that depends on the others', () => {
  const ringing = [party('p-1', 'ANSWERED'), party('p-2', 'SETUP'), party('p-3', 'DISCONNECTED')];
  const answered = session([
    party('p-1', 'ANSWERED'),
    party('p-2', 'ANSWERED'),
    party('p-3', 'DISCONNECTED'),
  ]);

  test('has changed when only they have: after them, with a later observedAt and the status that it has.', () => {
    const held = heldAs(ringing, {}, company);
    const verdict = observe(held, { call: answered, sentAt: 200, receivedAt: 210 }, company);
    const changes = verdict.kind === 'changed' ? verdict.transitions : [];
    expect(
      changes.map(({ party: { id, status: now, observedAt }, previousStatus }) => [
        id,
        previousStatus?.code,
        now.code,
        observedAt,
      ]),
    ).toEqual([
      ['p-2', 'SETUP', 'ANSWERED', 210],
      ['p-1', 'ANSWERED', 'ANSWERED', 210],
    ]);
    // What is held is what was told.
    expect(verdict).toMatchObject({
      held: {
        call: { parties: [changes[1]?.party, changes[0]?.party, { id: 'p-3' }] },
        outlooks: new Map([
          ['p-1', 'company'],
          ['p-2', 'company'],
          ['p-3', 'company'],
        ]),
      },
    });
  });

  test('has a later observedAt also when the body was only about another one.', () => {
    const held = heldAs(ringing, {}, company);
    const body = withParty(held.call, party('p-2', 'ANSWERED'));
    // The clock of this machine stands still.
    const verdict = observe(held, { call: body, sentAt: 100, receivedAt: 100, only: 'p-2' }, company);
    expect(verdict).toMatchObject({
      held: { call: { parties: [{ observedAt: 101 }, { observedAt: 101 }, { observedAt: 100 }] } },
      transitions: [{ party: { id: 'p-2' } }, { party: { id: 'p-1', observedAt: 101 } }],
    });
  });

  test('is told once: a body like the held one confirms it.', () => {
    const first = observe(
      heldAs(ringing, {}, company),
      { call: answered, sentAt: 200, receivedAt: 210 },
      company,
    );
    const held = first.kind === 'changed' ? first.held : null;
    expect(observe(held, { call: answered, sentAt: 211, receivedAt: 220 }, company).kind).toBe('confirmed');
  });

  test('has changed when the call became a conference, or it is known only now whose it is.', () => {
    const origin: Outlook = ({ originType }) => String(originType);
    const parties = [party('p-1', 'ANSWERED')];
    const conference = session(parties, { originType: 'CONFERENCE' });
    const times = { sentAt: 200, receivedAt: 210 };
    expect(observe(heldAs(parties, {}, origin), { call: conference, ...times }, origin)).toMatchObject({
      kind: 'changed',
      transitions: [{ party: { id: 'p-1', observedAt: 210 }, previousStatus: { code: 'ANSWERED' } }],
    });
    expect(observe(heldAs(parties), { call: session(parties), ...times }, () => 'own').kind).toBe('changed');
  });

  test('is in doubt with the body that shows it.', () => {
    const origin: Outlook = ({ originType }) => String(originType);
    const parties = [party('p-1', 'ANSWERED')];
    const conference = session(parties, { originType: 'CONFERENCE' });
    const late = { call: conference, sentAt: 99, receivedAt: 110 };
    expect(observe(heldAs(parties, {}, origin), late, origin)).toEqual({ kind: 'doubtful' });
  });
});

describe('The answer of a command', () => {
  test('becomes a body by replacing its party, or joining it.', () => {
    const before = session([party('p-1', 'ANSWERED'), party('p-2', 'ANSWERED')]);
    const codes = (body: CallSession) => body.parties.map(({ id, status: { code } }) => [id, code]);
    expect(codes(withParty(before, party('p-2', 'HOLD')))).toEqual([
      ['p-1', 'ANSWERED'],
      ['p-2', 'HOLD'],
    ]);
    expect(codes(withParty(before, party('p-3', 'SETUP')))).toEqual([
      ['p-1', 'ANSWERED'],
      ['p-2', 'ANSWERED'],
      ['p-3', 'SETUP'],
    ]);
  });
});

describe('What another gateway holds', () => {
  const NOTHING_KNOWN = { marks: new Map(), shown: new Map() };
  const own = heldAs([party('p-1', 'ANSWERED')]);
  const bySequence = (sequence: number) => ({
    sequence,
    eventTime: 200 + sequence,
    changedAt: 200 + sequence,
  });
  const theirs = {
    marks: new Map([['p-1', bySequence(7)]]),
    shown: new Map([['p-1', { least: 150, most: 160 }]]),
    heardAt: 320,
  };
  const met = (held: Held, told: CallParty) =>
    observe(held, { call: session([told]), sentAt: 300, receivedAt: 310, cameBy: theirs });
  const withFlag = (code: PartyStatusCode) => party('p-1', code, { status: status(code, { rcc: false }) });

  test('is no change for what news told there, and no body tells.', () => {
    const verdict = met(own, withFlag('ANSWERED'));
    expect(verdict).toMatchObject({
      kind: 'confirmed',
      held: { call: { parties: [{ status: { rcc: false }, observedAt: 310 }] } },
    });
    expect(met(own, withFlag('HOLD'))).toMatchObject({ kind: 'changed', transitions: [{}] });
  });

  test('is in doubt where it was asked for before something was seen here that is not in it.', () => {
    const seen = {
      ...heldAs([party('p-1', 'DISCONNECTED'), party('p-2', 'ANSWERED'), party('p-3', 'SETUP')]),
      changedAt: 5_000,
    };
    const talking = [party('p-1', 'ANSWERED'), party('p-2', 'ANSWERED'), party('p-3', 'SETUP')];
    const joining = [party('p-1', 'DISCONNECTED'), party('p-2', 'ANSWERED')];
    const both = (sentAt: number, heardAt: number) =>
      [talking, joining].map((parties) => {
        const theirs = { ...NOTHING_KNOWN, heardAt };
        const call = session(parties);
        return observe(seen, { call, sentAt, receivedAt: sentAt + 10, cameBy: theirs }).kind;
      });
    expect(both(300, 5_100)).toEqual(['doubtful', 'doubtful']);
    // So it ends with the next read, and lasts no hour after the clock was set back.
    expect(both(5_001, 5_100)).toEqual(['confirmed', 'confirmed']);
    expect(both(300, 3_900)).toEqual(['confirmed', 'confirmed']);
  });

  test('is known by the same news and bodies from then on: nothing of before is told once more.', () => {
    const verdict = met(own, withFlag('HOLD'));
    const held = verdict.kind === 'changed' ? verdict.held : null;
    expect(held).toMatchObject({ marks: theirs.marks, shown: theirs.shown });
    const late = (sequence: number, eventTime: number) =>
      observe(held, {
        call: session([party('p-1', 'ANSWERED')]),
        ...{ sentAt: 320, receivedAt: 320, only: 'p-1', news: { sequence, eventTime } },
      });
    expect([late(7, 207), late(8, 149), late(8, 208)].map(({ kind }) => kind)).toEqual([
      'old',
      'old',
      'changed',
    ]);
    const body = { call: session([party('p-1', 'HOLD')]), sentAt: 330, receivedAt: 340 };
    expect(observe(held, body).kind).toBe('confirmed');
  });

  test('takes nothing later away of what is known here.', () => {
    const later = {
      marks: new Map([['p-1', bySequence(9)]]),
      shown: new Map([['p-1', { least: 190, most: 195 }]]),
    };
    const verdict = met({ ...own, ...later }, withFlag('ANSWERED'));
    expect(verdict).toMatchObject({ kind: 'confirmed', held: later });
  });
});

describe('A call', () => {
  const member = { conferenceRole: 'PARTICIPANT' } as const;
  const OVER: Record<string, [CallSession, boolean]> = {
    'is over when everybody is disconnected.': [
      session([party('p-1', 'DISCONNECTED'), party('p-2', 'DISCONNECTED')]),
      true,
    ],
    'is over when everybody has gone elsewhere.': [
      session([party('p-1', 'GONE'), party('p-2', 'DISCONNECTED')]),
      true,
    ],
    'is not over while one party is left.': [
      session([party('p-1', 'DISCONNECTED'), party('p-2', 'VOICE_MAIL')]),
      false,
    ],
    'is not over when its state is one that nobody knows.': [session([party('p-1', 'UNKNOWN')]), false],
    'is not over after an attended transfer: the caller talks on.': [
      session([
        party('p-1', 'ANSWERED'),
        party('p-2', 'GONE', { status: status('GONE', { reason: 'ATTENDED_TRANSFER' }) }),
      ]),
      false,
    ],
    'is not over when its user switches to another device.': [
      session([
        party('p-1', 'ANSWERED'),
        party('p-2', 'DISCONNECTED', { status: status('DISCONNECTED', { reason: 'CALL_SWITCH' }) }),
      ]),
      false,
    ],
    'is not over as a conference that nobody has joined yet.': [
      session([], { originType: 'CONFERENCE' }),
      false,
    ],
    'is not over as a conference whose members are all GONE: that is how they talk.': [
      session([party('c-2', 'GONE', member), party('c-3', 'GONE', member)], { originType: 'CONFERENCE' }),
      false,
    ],
    'is over as a conference whose last member is disconnected.': [
      session(
        [party('c-1', 'DISCONNECTED', { conferenceRole: 'HOST' }), party('c-2', 'DISCONNECTED', member)],
        {
          originType: 'CONFERENCE',
        },
      ),
      true,
    ],
  };
  for (const [name, [call, expected]] of Object.entries(OVER)) {
    test(name, () => expect(isCallOver(call)).toBe(expected));
  }

  test('that is known no more has disconnected whoever still talked, and nobody else.', () => {
    const gone = party('p-2', 'GONE', { status: status('GONE', { reason: 'ATTENDED_TRANSFER' }) });
    const late = ended(session([party('p-1', 'HOLD'), gone, party('p-3', 'DISCONNECTED')]));
    expect(late.parties.map(({ status: { code, reason } }) => [code, reason])).toEqual([
      ['DISCONNECTED', null],
      ['GONE', 'ATTENDED_TRANSFER'],
      ['DISCONNECTED', null],
    ]);
    expect(isCallOver(late)).toBe(true);
  });
});

describe('A party has moved', () => {
  const peerId = { sessionId: 's-2', partyId: 'q-1' };
  const gone = party('p-1', 'GONE', { status: status('GONE', { peerId }) });

  test('when it has just become GONE and says where.', () => {
    expect(movedTo({ party: gone, previousStatus: status('ANSWERED') })).toEqual(peerId);
  });

  test('only once.', () => {
    expect(movedTo({ party: gone, previousStatus: status('GONE') })).toBe(null);
  });

  test('not when it does not say where.', () => {
    expect(movedTo({ party: party('p-1', 'GONE'), previousStatus: status('ANSWERED') })).toBe(null);
  });

  test('not when it is a member of the conference it is shown in.', () => {
    const memberOfIt = { ...gone, conferenceRole: 'PARTICIPANT' } as const;
    expect(movedTo({ party: memberOfIt, previousStatus: status('SETUP') })).toBe(null);
  });

  test('not when it is simply disconnected.', () => {
    expect(movedTo({ party: party('p-1', 'DISCONNECTED'), previousStatus: status('ANSWERED') })).toBe(null);
  });
});
