/** Who waits in a queue, through the lives of calls as RingCentral tells them party by party. */
import { describe, expect, test } from 'vitest';
import type { WaitingCall } from '../../schema/account/model.ts';
import type { CallParty, CallSession } from '../../schema/model.ts';
import { waitingCall, waitingCalls } from '../../src/account/waiting.ts';
import { readSessionNews } from '../../src/ringcentral/push/notifications.ts';
import type { WireEventParty } from '../../src/ringcentral/wire.ts';

const SUPPORT = '701050004';
const SALES = '701051004';
const DANA = '701001004';
const OMAR = '701002004';
const SESSION = 's-a01020322260z19cb9797c80z5e1d0000';
const BEGUN = Date.UTC(2026, 2, 4, 15, 31, 1, 417);

const isQueue = (extensionId: string) => extensionId === SUPPORT || extensionId === SALES;

/** One party's news, as many milliseconds after the call began. */
type News = readonly [after: number, party: number, wire: Partial<WireEventParty>];

const number = '+12025550147';
const queue = { phoneNumber: '+12025550190', name: 'Support', extensionId: SUPPORT };
const outside = { direction: 'Outbound', from: { phoneNumber: number }, to: { phoneNumber: '+12025550190' } };
const queueLeg = { extensionId: SUPPORT, direction: 'Inbound', from: { phoneNumber: number }, to: queue };
const agentLeg = (extensionId: string) => ({
  extensionId,
  direction: 'Inbound',
  from: { phoneNumber: number, name: 'Support - WIRELESS CALLER' },
  to: queue,
  queueCall: true,
});
const status = (code: string, reason?: string) => ({
  status: { code, rcc: false, ...(reason === undefined ? {} : { reason }) },
});

/** The steps up to where two agents ring. */
const COMING: readonly News[] = [
  [0, 1, { ...outside, ...status('Setup') }],
  [25, 2, { ...queueLeg, ...status('Setup') }],
  [140, 1, { to: queue, ...status('Answered') }],
  [9_010, 2, status('Disconnected')],
  [9_012, 3, { ...agentLeg(DANA), ...status('Setup') }],
  [9_044, 3, status('Proceeding')],
  [9_046, 4, { ...agentLeg(OMAR), ...status('Setup') }],
  [9_080, 4, status('Proceeding')],
];

/** The call after this news, as a gateway knows it that has heard all of it. */
function callAfter(news: readonly News[], creationTime: number | null = BEGUN): CallSession {
  return lived(news, creationTime).at(-1) ?? emptyCall(creationTime);
}

function lived(news: readonly News[], creationTime: number | null = BEGUN): CallSession[] {
  const parties = new Map<string, CallParty>();
  return news.map(([afterwards, party, wire], index) => {
    const at = BEGUN + afterwards;
    const body = {
      sequence: index + 2,
      telephonySessionId: SESSION,
      eventTime: new Date(at).toISOString(),
      parties: [{ id: `p-a01020322260z19cb9797c80z5e1d0000-${party}`, ...wire }],
    };
    for (const one of readSessionNews(body, at, () => undefined)) {
      parties.set(one.partyId, one.party(parties.get(one.partyId) ?? null));
    }
    return { ...emptyCall(creationTime), parties: [...parties.values()], observedAt: at };
  });
}

function emptyCall(creationTime: number | null): CallSession {
  return {
    id: SESSION,
    originType: 'CALL',
    rawOriginType: 'Call',
    voiceCallToken: null,
    creationTime,
    parties: [],
    observedAt: BEGUN,
  };
}

const of = (session: CallSession, known?: WaitingCall) => waitingCall(session, isQueue, known);

describe('Whoever calls a queue', () => {
  test('waits from when it was called until an agent answers, whoever of them rings meanwhile', () => {
    const answered: readonly News[] = [
      ...COMING,
      [15_300, 4, { to: { ...queue, deviceId: '801200004' }, ...status('Answered') }],
      [15_330, 3, status('Disconnected', 'AgentAnswered')],
      [70_110, 4, status('Disconnected')],
      [70_120, 1, status('Disconnected')],
    ];
    expect(lived(answered).map((session) => of(session)?.ringingExtensionIds ?? null)).toEqual([
      null, // nobody knows yet where it goes
      [],
      [],
      [], // between the leg of the queue and those of the agents
      [DANA],
      [DANA],
      [DANA, OMAR],
      [DANA, OMAR],
      null,
      null,
      null, // the caller is still there for a moment, after the agent
      null,
    ]);
  });

  test('is told by number and name, and by the party of the caller', () => {
    const session = callAfter(COMING);
    expect(of(session)).toEqual({
      session,
      queueId: SUPPORT,
      sessionId: SESSION,
      partyId: 'p-a01020322260z19cb9797c80z5e1d0000-1',
      from: number,
      fromName: 'WIRELESS CALLER',
      waitingSince: BEGUN,
      ringingExtensionIds: [DANA, OMAR],
      observedAt: BEGUN + 9_080,
    });
  });

  test('goes on waiting after agents who did not take it', () => {
    const left = (...reasons: (string | undefined)[]): readonly News[] =>
      reasons.map((reason, index) => [12_000 + index, 3 + index, status('Disconnected', reason)]);
    for (const reasons of [
      ['NoAnswer', 'Rejected'],
      ['AgentDropped', 'TargetBusy'],
      [undefined, 'Timeout'],
    ]) {
      expect({ reasons, wait: of(callAfter([...COMING, ...left(...reasons)])) }).toMatchObject({
        reasons,
        wait: { queueId: SUPPORT, ringingExtensionIds: [], waitingSince: BEGUN },
      });
    }
  });

  test('waits no more once an agent has sent the call on, although the caller’s leg still names the queue', () => {
    const sentOn: readonly News[] = [
      ...COMING,
      [15_300, 4, status('Answered')],
      [15_330, 3, status('Disconnected', 'AgentAnswered')],
      [20_000, 4, status('Disconnected', 'BlindTransfer')],
    ];
    expect(of(callAfter(sentOn))).toBeNull();
    const colleague = { extensionId: '701003004', direction: 'Inbound', to: { extensionId: '701003004' } };
    expect(of(callAfter([...sentOn, [20_001, 5, { ...colleague, ...status('Proceeding') }]]))).toBeNull();
    expect(of(callAfter([...sentOn, [20_001, 5, { ...colleague, ...status('Answered') }]]))).toBeNull();
  });

  test('waits in the next queue when the first one passes the call on', () => {
    const passedOn: readonly News[] = [
      ...COMING.slice(0, 4),
      [
        60_000,
        3,
        { extensionId: SALES, direction: 'Inbound', to: { extensionId: SALES }, ...status('Setup') },
      ],
    ];
    const first = of(callAfter(COMING.slice(0, 4)));
    expect(first).toMatchObject({ queueId: SUPPORT });
    expect(of(callAfter(passedOn), first ?? undefined)).toMatchObject({ queueId: SALES });
  });

  test('waits for nobody while they speak to the mailbox of the queue', () => {
    expect(of(callAfter([...COMING.slice(0, 3), [9_000, 2, status('VoiceMail')]]))).toBeNull();
  });

  test('waits also where only the leg of an agent is seen, as by who may see no other', () => {
    const [dana] = COMING.slice(5, 6);
    const seen: News = [9_044, 3, { ...agentLeg(DANA), ...dana?.[2] }];
    expect(of(callAfter([seen], null))).toMatchObject({
      queueId: SUPPORT,
      partyId: 'p-a01020322260z19cb9797c80z5e1d0000-3',
      fromName: 'WIRELESS CALLER',
      waitingSince: BEGUN + 9_044,
    });
  });

  test('may be somebody whom an agent had called, and has sent on to the queue', () => {
    const called: readonly News[] = [
      [
        0,
        1,
        { extensionId: DANA, direction: 'Outbound', from: { extensionId: DANA }, ...status('Answered') },
      ],
      [10, 2, { direction: 'Inbound', to: { phoneNumber: number }, ...status('Answered') }],
      [9_000, 1, status('Disconnected', 'BlindTransfer')],
      [9_001, 3, { extensionId: SUPPORT, direction: 'Inbound', to: queue, ...status('Setup') }],
    ];
    expect(of(callAfter(called))).toMatchObject({
      queueId: SUPPORT,
      partyId: 'p-a01020322260z19cb9797c80z5e1d0000-2',
      waitingSince: BEGUN + 9_001,
    });
  });
});

describe('The time that somebody waits', () => {
  const menu: readonly News[] = [
    [0, 1, { ...outside, ...status('Setup') }],
    [25, 2, { extensionId: '701070004', direction: 'Inbound', ...status('Answered') }],
    [30_000, 2, status('Disconnected', 'CallerInputRedirect')],
    [30_000, 3, { ...queueLeg, ...status('Setup') }],
  ];

  test('begins when the queue was called, where a menu came first', () => {
    expect(of(callAfter(menu))?.waitingSince).toBe(BEGUN + 30_000);
  });

  test('begins with the call, where nobody saw when the queue was called', () => {
    const read = callAfter(menu);
    const parties = read.parties.map((party) => ({ ...party, observedAt: BEGUN + 90_000 }));
    expect(of({ ...read, parties })?.waitingSince).toBe(BEGUN);
  });

  test('goes on from when it was first seen', () => {
    const first = of(callAfter(menu));
    const later = callAfter([...menu, [42_000, 3, status('Proceeding')]], null);
    expect(of(later)?.waitingSince).toBe(BEGUN + 42_000);
    expect(of(later, first ?? undefined)?.waitingSince).toBe(BEGUN + 30_000);
  });

  test('puts the longest wait first', () => {
    const early = { ...callAfter(COMING), id: 's-early' };
    const late = { ...callAfter(COMING, BEGUN + 5_000), id: 's-late' };
    const talking = { ...callAfter([...COMING, [15_300, 4, status('Answered')]]), id: 's-talking' };
    expect(waitingCalls([late, talking, early], isQueue).map(({ sessionId }) => sessionId)).toEqual([
      's-early',
      's-late',
    ]);
  });
});
