/** The simulator: a server that behaves as RingCentral and Genesys Cloud do, for one invented account of each. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMeant } from '../hosts.ts';
import { extensionByNumber } from './account.ts';
import { errorBody } from './bodies.ts';
import { answerControl, type Controls, createControls } from './controls.ts';
import { createEra } from './era.ts';
import { createFaults } from './faults.ts';
import type { EraBody } from './front.ts';
import { createGenesysCloud } from './genesys/cloud.ts';
import { CHANNEL_PATH } from './genesys/notifications/sockets.ts';
import { GENESYS_TOKENS, PEOPLE } from './genesys/people.ts';
import { isForGenesys } from './genesys/platform.ts';
import { GenesysRefusal, genesysErrorBody } from './genesys/refusals.ts';
import { createJournal } from './journal.ts';
import { createOAuth } from './oauth/oauth.ts';
import { STATIC_TOKENS } from './oauth/sessions.ts';
import { createPlatform } from './platform.ts';
import { createSockets } from './push/sockets.ts';
import { createSubscriptions } from './push/subscriptions.ts';
import { createSocketTokens } from './push/tokens.ts';
import { playQueues } from './queueing.ts';
import { createRateLimits } from './rate-limits.ts';
import { Refusal } from './refusals.ts';
import { decoded, splitUrl } from './replies.ts';
import type { SettingChanges } from './settings.ts';
import { createStory } from './story.ts';
import { createSwitchboard, type Switchboard } from './switchboard.ts';
import { send, sendTroubled } from './troubles.ts';

export type { Controls, Move } from './controls.ts';
export type { Fault, FaultKind, FaultOrder } from './faults.ts';
export type { ChannelOrder, GenesysControls, ParticipantMove } from './genesys/controls.ts';
export type { ConversationOrder } from './genesys/placing.ts';
export { GENESYS_DEMO, GENESYS_STAGED } from './genesys/stage.ts';
export type { JournalEntry } from './journal.ts';
export type { CallOrder } from './placing.ts';
export type { SettingChanges, Settings } from './settings.ts';
export { DEMO_CALLER_PARTY_ID, DEMO_PARTY_ID, DEMO_SESSION_ID } from './story.ts';

export interface SimulatorOptions {
  /** 0, the default, picks a free one. */
  readonly port?: number;
  /** Where it listens; 127.0.0.1 by default. */
  readonly host?: string;
  /** Plays live calls; on by default, short for the setting of this name. */
  readonly story?: boolean;
  /** Settings that differ from the default, also after a reset. */
  readonly settings?: SettingChanges;
  /** The clock of rate limits, tokens, and everything with a date; epoch milliseconds. */
  readonly now?: () => number;
}

/** A running simulator, with its controls at hand. */
export interface Simulator extends Controls {
  /** Like `http://127.0.0.1:4010`; what a client takes for RingCentral's server URL. */
  readonly url: string;
  /** Bearer tokens that work without signing in, one for each user. */
  readonly tokens: readonly string[];
  /** The same for Genesys Cloud, which is at the same address; the default agent's first. */
  readonly genesysTokens: readonly string[];
  /** The calls themselves, for a test that wants to change them in ways no control offers. */
  readonly switchboard: Switchboard;
  /** Ends every call and every connection. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const MAX_BODY_BYTES = 1_048_576; // 1 MiB
/** How long a question for the next era is held. */
const ERA_HOLD = 25_000; // 25 seconds
/** How long a reset waits for the gateways in front. */
const ERA_KNOWN = 1_000; // 1 second

const USERS = STATIC_TOKENS.map((token) => {
  const number = token.replace('sim-', '');
  const { name = '', role = 'user' } = extensionByNumber(number) ?? {};
  return { token, name: `${name}, ${number}${role === 'user' ? '' : ` (${role})`}` };
});

const GENESYS_USERS = PEOPLE.map(({ name, role }, index) => ({
  token: GENESYS_TOKENS[index] ?? '',
  name: `${name}, ${role}`,
}));

/** Starts a simulator. Rejects when the address cannot be had. */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { port = 0, host = '127.0.0.1', story: plays = true, settings = {}, now = Date.now } = options;
  const board = createSwitchboard({ story: plays, ...settings }, now);
  const journal = createJournal();
  const faults = createFaults();
  const genesys = createGenesysCloud({ settings: () => board.settings, journal, faults, now });
  const oauth = createOAuth();
  const rateLimits = createRateLimits();
  const era = createEra();
  const story = createStory(board);
  const subscriptions = createSubscriptions(board, board.onChange);
  // After them, so that they hear of each change before what follows from it.
  playQueues(board);
  const socketTokens = createSocketTokens({ settings: () => board.settings, now });
  const platform = createPlatform({
    ...{ board, oauth, rateLimits, journal, faults, subscriptions, socketTokens },
    expect: story.expect,
  });
  const sockets = createSockets({
    ...{ board, oauth, platform, subscriptions, journal },
    tokens: socketTokens,
    origin: () => url,
  });
  const push = { subscriptions, sockets, tokens: socketTokens };
  const controls = createControls({ board, faults, genesys, oauth, rateLimits, journal, story, era, push });

  const server = createServer({ keepAliveTimeout: 65_000 /* 65 seconds */ }, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      process.emitWarning(error instanceof Error ? error : String(error));
      response.destroy();
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const isChannel = request.url?.startsWith(CHANNEL_PATH) === true;
    (isChannel ? genesys : sockets).upgrade(request, socket, head);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;
  story.follow();
  genesys.follow();

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (!isMeant(request.headers.host, { host })) return refuseHost(request, response);
    const leaving = new AbortController();
    response.once('close', () => leaving.abort());
    const body = await readBody(request);
    if (body === null) return refuseBody(response);
    const { path, query } = splitUrl(request.url ?? '/');
    if (path === '/simulator/era') return tellEra(new URLSearchParams(query), response, leaving.signal);
    if (path.startsWith('/simulator/')) return serveControl(request.method ?? 'GET', path, body, response);

    const { method = 'GET', url: target = '/', headers } = request;
    const reply = await (isForGenesys(path) ? genesys : platform).answer({
      method,
      url: target,
      headers,
      body,
      origin: url,
      signal: leaving.signal,
    });
    const { entry, trouble } = reply;
    const note = (status: number | null) => {
      entry.status = status;
      entry.ended ??= now();
    };
    response.setHeader('Date', new Date(now()).toUTCString());
    if (response.destroyed) return note(null);
    response.once('close', () => note(entry.status));
    if (trouble !== null) {
      const pause = (milliseconds: number) => board.pause(milliseconds, leaving.signal);
      return sendTroubled(response, reply, { trouble, pause, note });
    }
    // Noted first, so that whoever has the answer finds it in the journal.
    note(reply.status);
    send(response, reply);
  }

  async function tellEra(
    query: URLSearchParams,
    response: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    await era.over(query.get('after') ?? '', ERA_HOLD, signal);
    const answer: EraBody = { era: era.name(), users: USERS, genesysUsers: GENESYS_USERS };
    send(response, { status: 200, headers: {}, body: answer });
  }

  async function serveControl(
    method: string,
    path: string,
    body: string,
    response: ServerResponse,
  ): Promise<void> {
    const segments = path.split('/').slice(2).map(decoded);
    try {
      const answer = answerControl(controls, { method, segments, body: body === '' ? {} : parsed(body) });
      // Whoever asks a gateway next shall find one that knows.
      await era.known(ERA_KNOWN);
      send(response, { ...answer, headers: {}, body: answer.body });
    } catch (error) {
      if (error instanceof GenesysRefusal) {
        const body = genesysErrorBody(error, randomUUID());
        return send(response, { status: error.status, headers: {}, body });
      }
      if (!(error instanceof Refusal)) throw error;
      send(response, { status: error.status, headers: {}, body: errorBody(error) });
    }
  }

  async function stop(): Promise<void> {
    story.stop();
    genesys.stop();
    board.stop();
    sockets.stop();
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.once('close', resolve));
    server.close();
    server.closeAllConnections();
    await closed;
  }

  return {
    ...controls,
    url,
    tokens: STATIC_TOKENS,
    genesysTokens: GENESYS_TOKENS,
    switchboard: board,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The body as text; null when it is larger than anything RingCentral takes. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read to its end all the same: a client that still writes would not see the answer.
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return size > MAX_BODY_BYTES ? null : Buffer.concat(chunks).toString('utf8');
}

function refuseBody(response: ServerResponse): void {
  const refusal = new Refusal(413, 'CMN-104', `Request body is larger than ${MAX_BODY_BYTES} bytes`);
  send(response, { status: 413, headers: {}, body: errorBody(refusal) });
}

/** A page whose own name resolves to this machine (DNS rebinding) could read and steer all calls. */
function refuseHost(request: IncomingMessage, response: ServerResponse): void {
  const { host } = request.headers;
  const refusal = new Refusal(421, 'CMN-101', `The simulator is asked as localhost, not as ${host}`);
  // What is not read of the body goes with the connection.
  response.setHeader('Connection', 'close');
  send(response, { status: 421, headers: {}, body: errorBody(refusal) });
}

/** @throws {Refusal} 400 for what is no JSON. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, 'CMN-103', 'JSON cannot be parsed');
  }
}
