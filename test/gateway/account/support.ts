/** What the tests of a watched account share. */
import type { createClient } from 'graphql-ws';
import { type House, type HouseOptions, openHouse } from '../../support/gateway.ts';
import { type Stream, watch } from '../../support/streams.ts';

export const [IRIS, TOMAS, NADIA] = ['701001004', '701002004', '701003004'] as const;

export const ACCOUNT_EVENTS = /* GraphQL */ `
  subscription Account($after: ID) {
    accountCallEvents(after: $after) {
      __typename
      ... on AccountSnapshot {
        cursor
        reason
        calls { id parties { id status { code } } }
        presences { extensionId presenceStatus telephonyStatus dndStatus activeCalls { sessionId telephonyStatus } }
      }
      ... on AccountCallBegan { cursor session { id parties { id status { code } } } }
      ... on AccountCallPartyChange {
        cursor sessionId skipped party { id extensionId status { code } } previousStatus { code }
      }
      ... on AccountCallEnded { cursor sessionId }
      ... on AccountPresenceChange {
        cursor
        presence { extensionId presenceStatus telephonyStatus dndStatus activeCalls { sessionId telephonyStatus } }
      }
      ... on AccountStreamNotice { cursor kind }
    }
  }
`;

// biome-ignore lint/suspicious/noExplicitAny: the events are whatever the operation selects.
export type Event = any;

/** An event in a few words. */
export function told(event: Event): string {
  switch (event.__typename) {
    case 'AccountCallBegan':
      return `began ${event.session.id}`;
    case 'AccountCallPartyChange':
      return `${event.sessionId} ${event.party.id.split('-').at(-1)} ${event.party.status.code}`;
    case 'AccountCallEnded':
      return `ended ${event.sessionId}`;
    case 'AccountPresenceChange':
      return `${event.presence.extensionId} ${event.presence.telephonyStatus}`;
    case 'AccountStreamNotice':
      return event.kind;
    default:
      return `snapshot ${event.reason}`;
  }
}

/** What somebody who reads all events of an account has on their screen. */
export class Screen {
  readonly calls = new Map<string, Map<string, string>>();
  readonly presences = new Map<string, string>();

  see(event: Event): void {
    switch (event.__typename) {
      case 'AccountSnapshot':
        this.calls.clear();
        this.presences.clear();
        for (const call of event.calls) this.calls.set(call.id, partiesOf(call));
        for (const presence of event.presences) this.#seePresence(presence);
        break;
      case 'AccountCallBegan':
        this.calls.set(event.session.id, partiesOf(event.session));
        break;
      case 'AccountCallPartyChange':
        this.calls.get(event.sessionId)?.set(event.party.id, event.party.status.code);
        break;
      case 'AccountCallEnded':
        this.calls.delete(event.sessionId);
        break;
      case 'AccountPresenceChange':
        this.#seePresence(event.presence);
        break;
    }
  }

  /** All of it, to be compared. */
  picture() {
    const calls = [...this.calls].map(([id, parties]) => [id, [...parties].sort()] as const);
    return { calls: calls.sort(), presences: [...this.presences].sort() };
  }

  #seePresence(presence: Event): void {
    this.presences.set(presence.extensionId, inWords(presence));
  }
}

/** A presence as a screen shows it. */
function inWords({ presenceStatus, telephonyStatus, dndStatus, activeCalls }: Event): string {
  const calls = activeCalls.map((call: Event) => `${call.sessionId} ${call.telephonyStatus}`).sort();
  return [presenceStatus, telephonyStatus, dndStatus, ...calls].join(', ');
}

function partiesOf(call: Event): Map<string, string> {
  return new Map(call.parties.map((party: Event) => [party.id, party.status.code]));
}

export interface AccountStream extends Stream<Event> {
  /** Reads until one is so, and answers it. */
  until(isMeant: (event: Event) => boolean): Promise<Event>;
  readonly screen: Screen;
  /** All that were read. */
  readonly seen: readonly Event[];
}

export function readAccount(
  client: ReturnType<typeof createClient>,
  after: string | null = null,
): AccountStream {
  const stream = watch<Event>(client, 'accountCallEvents', ACCOUNT_EVENTS, { after });
  const screen = new Screen();
  const seen: Event[] = [];
  const next = async () => {
    const event = await stream.next();
    seen.push(event);
    screen.see(event);
    return event;
  };
  return {
    ...stream,
    next,
    screen,
    seen,
    async until(isMeant) {
      for (;;) {
        const event = await next();
        if (isMeant(event)) return event;
      }
    },
  };
}

/** What a screen of this viewer must come to: all calls that go on, and what RingCentral answers about everybody. */
export async function truthOf({ simulator }: Pick<House, 'simulator'>, token = 'sim-103') {
  const calls = simulator
    .calls()
    .filter(({ parties }) => parties.some(({ status }) => !OVER.has(status?.code ?? '')))
    .map(
      ({ id, parties }) =>
        [id, parties.map((party) => [party.id, codeOf(party.status?.code)]).sort()] as const,
    );
  const response = await fetch(
    `${simulator.url}/restapi/v1.0/account/~/presence?detailedTelephonyState=true&perPage=1000`,
    { headers: { authorization: `Bearer ${token}` } },
  );
  const { records } = (await response.json()) as { records: Event[] };
  const presences = records.map((record): [string, string] => {
    const activeCalls = (record.activeCalls ?? []).map((call: Event) => ({
      sessionId: call.telephonySessionId,
      telephonyStatus: codeOf(call.telephonyStatus),
    }));
    const { presenceStatus, telephonyStatus, dndStatus } = record;
    const codes = { presenceStatus, telephonyStatus, dndStatus };
    const known = Object.entries(codes).map(([name, code]) => [name, codeOf(code)] as const);
    return [String(record.extension.id), inWords({ ...Object.fromEntries(known), activeCalls })];
  });
  return { calls: calls.sort(), presences: presences.sort() };
}

const OVER: ReadonlySet<string> = new Set(['Disconnected', 'Gone']);

/** RingCentral's word as the schema has it. */
function codeOf(code: string | undefined): string | null {
  return code?.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase() ?? null;
}

type Call = ReturnType<House['simulator']['startCall']>;

export interface AccountHouse extends House {
  /** Starts a call from outside, to an extension or to a queue. */
  call(to: string, state?: string): Call;
  /** Moves the party of this number. */
  move(call: Call, party: number, code: string): void;
  account(token?: string, after?: string | null): AccountStream;
  liveSource(token?: string): Promise<string | null>;
  /** The operations that were asked of RingCentral. */
  asked(operationId?: string): readonly string[];
}

/** RingCentral that tells everybody everything, unless a test says otherwise. */
export async function openAccountHouse(settings = {}, options: HouseOptions = {}): Promise<AccountHouse> {
  const house = await openHouse({
    ...options,
    environment: { LIVE_SOURCE: 'auto', ...options.environment },
    simulator: { story: false, settings: { longPoll: 'ignore', pushDelay: 0, ...settings } },
    gateway: {
      push: { random: () => 0, times: { widening: 20 } },
      account: { pace: 50 },
      ...options.gateway,
    },
  });
  const { simulator } = house;
  return {
    ...house,
    [Symbol.asyncDispose]: () => house[Symbol.asyncDispose](),
    call: (to, state = 'Answered') =>
      simulator.startCall({
        kind: to.startsWith('2') ? 'queue' : 'inbound',
        ...{ from: '+12025550147', to, state },
      }),
    move: (call, party, code) =>
      void simulator.moveParty(call.id, call.parties[party - 1]?.id ?? '', { code }),
    account: (token = 'sim-103', after = null) =>
      readAccount(house.socket(token, { retryAttempts: 0 }), after),
    async liveSource(token = 'sim-103') {
      const { data } = await house.ask('{ viewer { account { liveSource } } }', {}, token);
      return data?.viewer.account.liveSource;
    },
    asked: (operationId) =>
      simulator
        .requests()
        .map((request) => request.operationId ?? '')
        .filter((id) => operationId === undefined || id === operationId),
  };
}
