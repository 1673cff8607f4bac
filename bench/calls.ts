/**
 * The calls of the benchmark: any number of sessions, each with the same four parties.
 *
 * The party that changes carries a *marker* as the name it was called by: `@7.81234567` says that session 7
 * changed at microsecond 81234567 of the machine's clock. Whoever receives it, at the end of whatever chain,
 * can tell which change it was and how long it took.
 */

/** The party that changes; the commands act on any of the four. */
export const CHANGING_PARTY = 2;

export const PARTIES = [1, 2, 3, 4] as const;

export type PartyCode = 'Proceeding' | 'Answered' | 'Hold' | 'Disconnected';

/** The token of a viewer: the upstream takes any. */
export function tokenOf(viewer: number): string {
  return `viewer-${viewer}`;
}

/** The id of the session with this number, in the format RingCentral has used since 2022. */
export function sessionId(session: number): string {
  return `s-b${session.toString(16).padStart(10, '0')}z19cb9797c80z5e1d0000`;
}

/** The number of a session, or null when it is not one of ours. */
export function sessionNumber(id: string): number | null {
  const digits = /^s-b([0-9a-f]{10})z19cb9797c80z5e1d0000$/.exec(id)?.[1];
  return digits === undefined ? null : Number.parseInt(digits, 16);
}

/** The id of the same call as a conversation of Genesys Cloud; the last digit is free for its participants. */
export function conversationId(session: number): string {
  return `00000000-0000-4000-8000-${session.toString(16).padStart(11, '0')}0`;
}

/** The number of a conversation, or null when it is not one of ours. */
export function conversationNumber(id: string): number | null {
  const digits = /^00000000-0000-4000-8000-([0-9a-f]{11})0$/.exec(id)?.[1];
  return digits === undefined ? null : Number.parseInt(digits, 16);
}

/** The id of one of the parties of a session. */
export function partyId(session: number, party: number): string {
  return `p${sessionId(session).slice(1)}-${party}`;
}

export interface Marker {
  readonly session: number;
  /** Microseconds of the machine's clock. */
  readonly changedAt: number;
}

/** A marker as the wire carries it, quotes included. */
export function markerText({ session, changedAt }: Marker): string {
  return `"@${session}.${changedAt}"`;
}

/** Finds the marker in bytes of JSON; null where there is none. */
export function readMarker(bytes: Buffer): Marker | null {
  const start = bytes.indexOf('"@');
  if (start < 0) return null;
  let at = start + 2;
  const number = () => {
    let value = 0;
    for (let digit = bytes[at]; digit !== undefined && digit >= 48 && digit <= 57; digit = bytes[++at]) {
      value = value * 10 + digit - 48;
    }
    return value;
  };
  const session = number();
  at += 1; // the dot
  return { session, changedAt: number() };
}

/** What a session is at this moment. */
export interface CallState {
  readonly codes: Readonly<Record<number, PartyCode>>;
  /** Of the party that changes. */
  readonly muted?: boolean;
  /** Likewise; undefined until it is recorded for the first time. */
  readonly recording?: boolean | undefined;
  /** When it was held last, epoch milliseconds; of no two times the same. */
  readonly heldAt?: number;
  /** Microseconds of the machine's clock; 0 when it has never changed. */
  readonly changedAt: number;
}

/** A session as RingCentral would send it; the party that changes is of the extension `owner`, where one is named. */
export function sessionJson(session: number, state: CallState, owner?: string): string {
  const parties = PARTIES.map((party) => partyJson(session, party, state, owner)).join(',');
  return `{"creationTime":"2026-03-04T15:31:12Z","id":"${sessionId(session)}","origin":{"type":"Call"},"parties":[${parties}]}`;
}

/** A party as RingCentral would send it. */
export function partyJson(session: number, party: number, state: CallState, owner?: string): string {
  const extension = extensionOf(party, owner);
  return (
    `{"accountId":"${ACCOUNT}","attributes":{"queueCall":true},"brandId":"1210","direction":"Inbound",` +
    `"extensionId":"${extension}","from":{"phoneNumber":"+12025550147","name":"WIRELESS CALLER"},` +
    `"id":"${partyId(session, party)}","muted":${isMuted(party, state)},` +
    `"owner":{"accountId":"${ACCOUNT}","brandId":"1210","extensionId":"${extension}"},"standAlone":false,` +
    `${recordingsJson(session, party, state)}` +
    `"status":{"code":"${state.codes[party] ?? 'Answered'}","rcc":false},` +
    `"to":{"extensionId":"${extension}","name":${calledJson(session, party, state)},"phoneNumber":"+1202555011${party}"}}`
  );
}

/** What RingCentral would notify `owner` of when their party has changed at `at`. */
export function eventJson(
  session: number,
  state: CallState,
  { owner, sequence, at }: { readonly owner: string; readonly sequence: number; readonly at: number },
): string {
  const party = CHANGING_PARTY;
  return (
    `{"sequence":${sequence},"sessionId":"${session}","telephonySessionId":"${sessionId(session)}",` +
    `"serverId":"10.1.2.3.TAM","eventTime":"${new Date(at).toISOString()}","parties":[{"accountId":"${ACCOUNT}",` +
    `"extensionId":"${owner}","id":"${partyId(session, party)}","direction":"Inbound",` +
    `"to":{"extensionId":"${owner}","name":${calledJson(session, party, state)},"phoneNumber":"+1202555011${party}"},` +
    `"from":{"phoneNumber":"+12025550147","name":"WIRELESS CALLER"},${recordingsJson(session, party, state)}` +
    `"status":{"code":"${state.codes[party] ?? 'Answered'}","rcc":false},"park":{},"missedCall":false,` +
    `"standAlone":false,"muted":${isMuted(party, state)},"queueCall":true}],"origin":{"type":"Call"}}`
  );
}

const ACCOUNT = '701000004';

function extensionOf(party: number, owner: string | undefined): string {
  return party === CHANGING_PARTY && owner !== undefined ? owner : `70100${party}004`;
}

function isMuted(party: number, { muted = false }: CallState): boolean {
  return party === CHANGING_PARTY && muted;
}

function recordingsJson(session: number, party: number, { recording }: CallState): string {
  if (party !== CHANGING_PARTY || recording === undefined) return '';
  return `"recordings":[{"id":"${session}","active":${recording}}],`;
}

function calledJson(session: number, party: number, { changedAt }: CallState): string {
  return party === CHANGING_PARTY ? markerText({ session, changedAt }) : `"Agent ${party}"`;
}
