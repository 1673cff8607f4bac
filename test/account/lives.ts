/**
 * Lives of calls as RingCentral tells them to whoever hears of a whole account: each party change, in the order and at the
 * times in which they were seen, and who is in them.
 */

import type { PartyNews } from '../../src/live/source.ts';
import type { RingCentralKind } from '../../src/ringcentral/call-kind.ts';
import { readSessionNews } from '../../src/ringcentral/push/notifications.ts';
import type { WireEventParty } from '../../src/ringcentral/wire.ts';

export const DANA = '701001004';
export const OMAR = '701002004';
export const SUPPORT = '701009004';
export const INBOUND = 's-a01020321f3z19cb96f3e89z5e1a0000';
export const OUTBOUND = 's-a010203224e5z19cb975aa01z5e1f0000';
export const QUEUED = 's-a01020322260z19cb9797c80z5e1d0000';

const BEGUN = Date.UTC(2026, 2, 4, 15, 31, 1, 417);

/** One party's change, so many milliseconds after the call began. */
export type Step = readonly [after: number, party: number, wire: Partial<WireEventParty>];

const mobile = '+12025550147';
const state = (code: string, reason?: string): Partial<WireEventParty> => ({
  ...{ park: {}, missedCall: false, standAlone: false, muted: false },
  status: { code, rcc: false, ...(reason === undefined ? {} : { reason }) },
});
const dana = { phoneNumber: '+12025550110', name: 'Dana Ruiz', extensionId: DANA };
const omar = { phoneNumber: '+12025550112', name: 'Omar Field', extensionId: OMAR };
const queue = { phoneNumber: '+12025550190', name: 'Support', extensionId: SUPPORT };

const inbound = (extensionId: string, to: object, name?: string): Partial<WireEventParty> => ({
  ...{ extensionId, direction: 'Inbound', to },
  from: { phoneNumber: mobile, ...(name === undefined ? {} : { name }) },
});
const outside = (to: object): Partial<WireEventParty> => ({
  ...{ direction: 'Outbound', from: { phoneNumber: mobile }, to },
});

/** From outside to Dana, who holds it and sends it on to Omar. */
export const INBOUND_LIFE: readonly Step[] = [
  [0, 1, { ...outside({ phoneNumber: '+12025550110' }), ...state('Setup') }],
  [30, 2, { ...inbound(DANA, dana), ...state('Setup') }],
  [61, 1, { ...outside(dana), ...state('Answered') }],
  [94, 2, { ...inbound(DANA, dana), ...state('Proceeding') }],
  [8_120, 2, { ...inbound(DANA, dana), ...state('Answered') }],
  [31_300, 2, { ...inbound(DANA, dana), ...state('Hold') }],
  [52_210, 2, { ...inbound(DANA, dana), ...state('Answered') }],
  [61_004, 2, { ...inbound(DANA, dana), ...state('Disconnected', 'BlindTransfer') }],
  [61_050, 3, { ...inbound(OMAR, omar, 'WIRELESS CALLER'), ...state('Setup') }],
  [61_090, 3, { ...inbound(OMAR, omar, 'WIRELESS CALLER'), ...state('Proceeding') }],
  [66_900, 3, { ...inbound(OMAR, omar, 'WIRELESS CALLER'), ...state('Answered') }],
  [95_010, 3, { ...inbound(OMAR, omar, 'WIRELESS CALLER'), ...state('Disconnected') }],
  [95_020, 1, { ...outside(dana), ...state('Disconnected') }],
];

/** From Dana to somebody outside. */
export const OUTBOUND_LIFE: readonly Step[] = [
  [0, 1, { ...ownOutbound(), ...state('Setup') }],
  [36, 2, { ...farInbound(), ...state('Proceeding') }],
  [3_539, 1, { ...ownOutbound(), ...state('Proceeding') }],
  [7_245, 2, { ...farInbound(), ...state('Answered') }],
  [7_273, 1, { ...ownOutbound(), ...state('Answered') }],
  [23_391, 1, { ...ownOutbound(), ...state('Disconnected') }],
  [23_405, 2, { ...farInbound(), ...state('Disconnected') }],
];

/** From outside to a queue that rings two agents, of whom Omar answers. */
export const QUEUE_LIFE: readonly Step[] = [
  [0, 1, { ...outside({ phoneNumber: '+12025550190' }), ...state('Setup') }],
  [25, 2, { ...inbound(SUPPORT, queue), ...state('Setup') }],
  [140, 1, { ...outside(queue), ...state('Answered') }],
  [9_010, 2, { ...inbound(SUPPORT, queue), ...state('Disconnected') }],
  [9_012, 3, { ...agentLeg(DANA), ...state('Setup') }],
  [9_044, 3, { ...agentLeg(DANA), ...state('Proceeding') }],
  [9_046, 4, { ...agentLeg(OMAR), ...state('Setup') }],
  [9_080, 4, { ...agentLeg(OMAR), ...state('Proceeding') }],
  [15_300, 4, { ...agentLeg(OMAR), ...state('Answered') }],
  [15_330, 3, { ...agentLeg(DANA), ...state('Disconnected', 'AgentAnswered') }],
  [70_110, 4, { ...agentLeg(OMAR), ...state('Disconnected') }],
  [70_120, 1, { ...outside(queue), ...state('Disconnected') }],
];

function ownOutbound(): Partial<WireEventParty> {
  return {
    ...{ extensionId: DANA, direction: 'Outbound' },
    ...{ from: { phoneNumber: '+12025550110' }, to: { phoneNumber: '+12025550166' } },
  };
}

function farInbound(): Partial<WireEventParty> {
  return {
    direction: 'Inbound',
    ...{ from: { phoneNumber: '+12025550110', name: 'Dana Ruiz' }, to: { phoneNumber: '+12025550166' } },
  };
}

function agentLeg(extensionId: string): Partial<WireEventParty> {
  return { ...inbound(extensionId, queue, 'Support - WIRELESS CALLER'), queueCall: true };
}

/** The news of a life, in order; the first has the sequence 2. */
export function newsOfLife(sessionId: string, life: readonly Step[]): PartyNews<RingCentralKind>[] {
  return life.map(([after, party, wire], index) => {
    const at = BEGUN + after;
    const body = {
      ...{ sequence: index + 2, sessionId: '51520009004', telephonySessionId: sessionId },
      ...{ eventTime: new Date(at).toISOString(), origin: { type: 'Call' } },
      parties: [{ accountId: '701000004', id: `p${sessionId.slice(1)}-${party}`, ...wire }],
    };
    const [news] = readSessionNews(body, at + 70, () => undefined);
    if (news === undefined) throw new Error('The step tells nothing.');
    const { sequence, eventTime, receivedAt, partyId } = news;
    return {
      about: 'party',
      ...{ callId: sessionId, partyId, sequence, eventTime, receivedAt },
      ...{ facts: news.session, party: news.party, entry: () => null },
    };
  });
}
