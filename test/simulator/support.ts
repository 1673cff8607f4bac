/** What the tests of the simulator share: a client that knows nothing but HTTP. */
import { expect } from 'vitest';
import type { WireError, WireParty, WireRecording, WireSession } from '../../src/ringcentral/wire.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/server.ts';

/** Any answer the simulator gives, as far as the tests look into it. */
export type AnyBody = WireSession & WireParty & WireError & WireRecording & { session?: WireSession };

export interface Response<Body = AnyBody> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** `path` starts after `/restapi/v1.0/account/~`, unless it starts with `/restapi` or `/simulator`. */
export type Client = (method: string, path: string, body?: unknown, init?: RequestInit) => Promise<Response>;

/** A simulator without a story, and without waiting: every phone that answers by itself answers at once. */
export function startQuiet(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings = { lightLimit: 0, heavyLimit: 0, authLimit: 0, ...AT_ONCE, ...options.settings };
  return createSimulator({ story: false, ...options, settings });
}

const AT_ONCE = { answerDelay: 0, callOutPace: 0, calleeAnswers: 0, conferenceHostJoins: 0 };

/** Sends requests with a token; a body that is text is sent as it is. */
export function clientOf(simulator: Simulator, token = 'sim-101'): Client {
  return async (method, path, body, init = {}) => {
    const known = path.startsWith('/restapi') || path.startsWith('/simulator');
    const response = await fetch(`${simulator.url}${known ? '' : '/restapi/v1.0/account/~'}${path}`, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  };
}

/** The path of a session. */
export const sessionPath = (session: WireSession) => `/telephony/sessions/${session.id}`;

/** The path of the n-th party of a session, counted from 1 as in its id. */
export const partyPath = (session: WireSession, position: number) =>
  `${sessionPath(session)}/parties/p-${session.id?.slice(2)}-${position}`;

/** The states of the parties, in order. */
export const codesOf = ({ parties = [] }: WireSession) => parties.map(({ status }) => status?.code);

/** Devices of the account. */
export const DEVICES = { '101': '801100004', '102': '801100009', '103': '801100012' };

/** An inbound call to 101 in a state. */
export const inbound = (simulator: Simulator, state = 'Answered', to = '101') =>
  simulator.startCall({ kind: 'inbound', from: '+12025550147', to, state });

/** Waits until a fact is as expected, however slow the machine is. */
export const eventually = <Fact>(fact: () => Fact) => expect.poll(fact, { timeout: 30_000 });
