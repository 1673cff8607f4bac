/**
 * A lean RingCentral for the benchmark, in a process of its own that listens on `PORT`.
 *
 * It knows the reads, the long poll, hold and unhold, every token `viewer-<n>`, and every session of
 * `calls.ts`. It never runs out of requests, unless `LIMIT` sets RingCentral's real rule: so many a minute
 * for each viewer, 429 beyond, and every request made during the penalty starts it anew. With `INTRODUCTION` it takes so many
 * milliseconds to say whose a token is, or that it is nobody's. With `PUSH` it also tells of changes by itself
 * (`upstream-push.ts`): a call is then of everybody who has read it, as its changing party. It is Genesys Cloud too
 * (`upstream-genesys.ts`), which always tells.
 *
 * Its own door, `/bench/…`, changes calls and tells what was asked of it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  type CallState,
  CHANGING_PARTY,
  eventJson,
  PARTIES,
  type PartyCode,
  partyJson,
  sessionJson,
  sessionNumber,
} from './calls.ts';
import { microseconds } from './clock.ts';
import { createGenesysUpstream, GENESYS_PATH } from './upstream-genesys.ts';
import { createPush } from './upstream-push.ts';

/** What can happen to a call. */
export type Change = 'hold' | 'mute' | 'record' | 'ring' | 'answer' | 'leave';

/** What has been asked, by one viewer or by all. */
export interface UpstreamCounts {
  reads: number;
  polls: number;
  commands: number;
  other: number;
  rejected: number;
  /** Reads and polls of a call less than `AGAIN` after the last of the same viewer: too soon for a slow look. */
  again: number;
}

interface Call {
  readonly number: number;
  state: CallState;
  /** Epoch milliseconds: what the `timestamp` of a long poll is compared with. */
  changedAt: number;
  /** Every long poll held open. */
  readonly held: Set<() => void>;
  /** Whose it is, and when they last asked for it, epoch milliseconds; nobody's, where nothing is told by itself. */
  readonly askedAt: Map<string, number>;
  /** Who reads it as a conversation of Genesys Cloud. */
  readonly agents: Set<string>;
  sequence: number;
}

interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string | number>;
}

const WINDOW = 60_000; // one minute, and as long a penalty
const MOST_HOLD = 300_000; // 5 minutes
const NO_LIMIT = 1_000_000; // requests a minute
const limit = Number(process.env.LIMIT ?? NO_LIMIT);
const introduction = Number(process.env.INTRODUCTION ?? 0); // milliseconds
const push = process.env.PUSH === undefined ? null : createPush(Number(process.env.PORT));
const genesys = createGenesysUpstream(Number(process.env.PORT));
const AGAIN = 25_000; // 25 seconds
const AUTH_LIMIT = 5; // requests a minute for tokens, where there is a limit

const calls = new Map<number, Call>();
const counts = new Map<string, UpstreamCounts>();
const windows = new Map<string, { starts: number[]; penaltyUntil: number }>();
/** Viewers who may ask more, or less, than the others. */
const limits = new Map<string, number>();
let requestNumber = 0;

const server = createServer((request, response) => {
  request.resume();
  const url = request.url ?? '/';
  if (url.startsWith('/bench/')) {
    send(response, control(url));
    return;
  }
  const viewer = /^Bearer viewer-(\d+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (viewer === undefined) {
    const refused = refusal(401, 'OAU-149', 'The token is not a viewer of the benchmark');
    afterIntroduction(() => send(response, refused));
    return;
  }
  const isForSocket = push !== null && url.startsWith('/restapi/oauth/wstoken');
  const [group, most] = isForSocket
    ? ['auth', limit === NO_LIMIT ? NO_LIMIT : AUTH_LIMIT]
    : ['light', limits.get(viewer) ?? limit];
  const left = most === NO_LIMIT ? NO_LIMIT : takeFromWindow(`${group} ${viewer}`, most, Date.now());
  response.setHeader('X-Rate-Limit-Group', group);
  response.setHeader('X-Rate-Limit-Limit', most);
  response.setHeader('X-Rate-Limit-Remaining', Math.max(0, left));
  response.setHeader('X-Rate-Limit-Window', WINDOW / 1_000);
  if (left < 0) {
    countsOf(viewer).rejected += 1;
    response.setHeader('Retry-After', WINDOW / 1_000);
    send(response, refusal(429, 'CMN-301', 'Request rate exceeded'));
    return;
  }
  if (isForSocket) {
    countsOf(viewer).other += 1;
    send(response, { status: 200, body: push.tokenFor(viewer) });
  } else if (url.startsWith(GENESYS_PATH)) {
    countsOf(viewer).reads += 1;
    const stateOf = (session: number) => {
      const call = callOf(session);
      call.agents.add(viewer);
      return call.state;
    };
    send(response, genesys.answer(viewer, request.method ?? 'GET', url, stateOf));
  } else {
    answer(viewer, request, url, response);
  }
});
server.on('upgrade', (request, socket, head) => {
  if (genesys.upgrade(request, socket, head)) return;
  if (push === null) socket.destroy();
  else push.upgrade(request, socket, head);
});
server.keepAliveTimeout = 0;
server.requestTimeout = 0;
server.listen(Number(process.env.PORT), '127.0.0.1');

const SESSION =
  /^\/restapi\/v1\.0\/account\/[^/]+\/telephony\/sessions\/([^/?]+)(?:\/parties\/([^/?]+))?(?:\/(hold|unhold))?(?:\?(.*))?$/;

function answer(viewer: string, request: IncomingMessage, url: string, response: ServerResponse): void {
  const counted = countsOf(viewer);
  const [, id, party, verb, query] = SESSION.exec(url) ?? [];
  if (id === undefined) {
    counted.other += 1;
    afterIntroduction(() => send(response, person(viewer, url)));
    return;
  }
  const session = sessionNumber(decodeURIComponent(id));
  if (session === null) {
    send(response, refusal(404, 'CMN-102', 'Resource for parameter [telephonySessionId] is not found'));
    return;
  }
  if (party !== undefined) {
    const number = Number(/-([1-4])$/.exec(decodeURIComponent(party))?.[1]);
    counted[request.method === 'POST' ? 'commands' : 'reads'] += 1;
    send(
      response,
      verb === undefined
        ? partyReply(session, number, viewer)
        : command(callOf(session), number, viewer, HELD[verb]),
    );
    return;
  }
  if (push !== null) noteAsked(callOf(session), viewer);
  const poll = new URLSearchParams(query);
  const since = poll.get('timestamp');
  if (since === null) {
    counted.reads += 1;
    send(response, sessionReply(session, viewer));
    return;
  }
  counted.polls += 1;
  const timeout = Number(poll.get('timeout') ?? 0) * 1_000;
  hold(callOf(session), { viewer, since: epochMilliseconds(since), timeout }, response);
}

function noteAsked(call: Call, viewer: string): void {
  const now = Date.now();
  if (now - (call.askedAt.get(viewer) ?? -Infinity) < AGAIN) countsOf(viewer).again += 1;
  call.askedAt.set(viewer, now);
}

/** Answers when the call has changed since `since`, or `timeout` milliseconds have passed. */
function hold(
  call: Call,
  { viewer, since, timeout }: { readonly viewer: string; readonly since: number; readonly timeout: number },
  response: ServerResponse,
): void {
  if (call.changedAt > since) {
    send(response, sessionReply(call.number, viewer));
    return;
  }
  const letGo = () => {
    clearTimeout(timer);
    call.held.delete(release);
  };
  const release = () => {
    letGo();
    send(response, sessionReply(call.number, viewer));
  };
  const timer = setTimeout(release, Math.min(timeout, MOST_HOLD));
  call.held.add(release);
  response.once('close', letGo);
}

function afterIntroduction(answer: () => void): void {
  if (introduction === 0) answer();
  else setTimeout(answer, introduction);
}

const HELD: Readonly<Record<string, PartyCode>> = { hold: 'Hold', unhold: 'Answered' };

function command(call: Call, party: number, viewer: string, code: PartyCode = 'Answered'): Reply {
  if ((call.state.codes[party] ?? 'Answered') === code) {
    return refusal(409, 'TAS-102', 'Incorrect State [WrongState]');
  }
  change(call, { ...call.state, codes: { ...call.state.codes, [party]: code } });
  return partyReply(call.number, party, viewer);
}

/** Of a party that changes by a command of somebody else, nobody is told by itself. */
function change(call: Call, state: CallState): void {
  const isOwn = call.state.changedAt !== state.changedAt;
  call.changedAt = Math.max(Date.now(), call.changedAt + 1);
  call.state = { ...state, heldAt: call.changedAt };
  for (const release of [...call.held]) release();
  for (const agent of call.agents) genesys.tell(agent, call.number, call.state);
  if (push === null || !isOwn) return;
  call.sequence += 1;
  for (const owner of call.askedAt.keys()) {
    push.tell(owner, eventJson(call.number, state, { owner, sequence: call.sequence, at: call.changedAt }));
  }
}

const RINGING: Readonly<Record<number, PartyCode>> = { [CHANGING_PARTY]: 'Proceeding' };
const ENDED = Object.fromEntries(PARTIES.map((party) => [party, 'Disconnected' as const]));

/** What a change makes of the party that changes; when it leaves, so do the others, of whom only a look tells. */
const AFTER: Readonly<Record<Change, (before: CallState) => Partial<CallState>>> = {
  hold: ({ codes }) => {
    const code: PartyCode = codes[CHANGING_PARTY] === 'Hold' ? 'Answered' : 'Hold';
    return { codes: { ...codes, [CHANGING_PARTY]: code } };
  },
  mute: ({ muted = false }) => ({ muted: !muted }),
  record: ({ recording = false }) => ({ recording: !recording }),
  ring: ({ codes }) => ({ codes: { ...codes, ...RINGING } }),
  answer: ({ codes }) => ({ codes: { ...codes, [CHANGING_PARTY]: 'Answered' } }),
  leave: () => ({ codes: ENDED }),
};

/**
 * `/bench/change?sessions=1,2&what=hold` changes these and answers their markers; `/bench/counts` tells what was asked;
 * `/bench/limit?viewer=1&limit=50` says how much one viewer may ask, and forgets what they have.
 */
function control(url: string): Reply {
  const { pathname, searchParams } = new URL(url, 'http://upstream');
  if (pathname === '/bench/change') {
    const sessions = (searchParams.get('sessions') ?? '').split(',').map(Number);
    const after = AFTER[(searchParams.get('what') ?? 'hold') as Change];
    const markers = sessions.map((session) => {
      const call = callOf(session);
      const marker = microseconds();
      change(call, { ...call.state, ...after(call.state), changedAt: marker });
      return marker;
    });
    return { status: 200, body: JSON.stringify(markers) };
  }
  const viewer = searchParams.get('viewer');
  if (pathname === '/bench/limit' && viewer !== null) {
    limits.set(viewer, Number(searchParams.get('limit')));
    windows.delete(`light ${viewer}`);
  }
  return { status: 200, body: JSON.stringify(viewer === null ? countsOfAll() : countsOf(viewer)) };
}

function person(viewer: string, url: string): Reply {
  if (url.includes('/presence')) {
    const extension = `{"id":${viewer},"extensionNumber":"${viewer}"}`;
    return {
      status: 200,
      body: `{"extension":${extension},"presenceStatus":"Available","telephonyStatus":"NoCall"}`,
    };
  }
  if (/\/extension\/[^/?]+(\?.*)?$/.test(url)) {
    return {
      status: 200,
      body: `{"id":${viewer},"extensionNumber":"${viewer}","name":"Viewer ${viewer}","account":{"id":701000004}}`,
    };
  }
  return refusal(404, 'CMN-102', 'The benchmark does not have this resource');
}

/**
 * RingCentral's rule: a sliding window, and a penalty that every further request restarts.
 * Answers how many requests are left, or -1 for one too many.
 */
function takeFromWindow(key: string, most: number, now: number): number {
  const window = windows.get(key) ?? { starts: [], penaltyUntil: 0 };
  windows.set(key, window);
  window.starts = window.starts.filter((start) => start > now - WINDOW);
  if (now < window.penaltyUntil || window.starts.length >= most) {
    window.penaltyUntil = now + WINDOW;
    return -1;
  }
  window.starts.push(now);
  return most - window.starts.length;
}

function send(response: ServerResponse, { status, body, headers }: Reply): void {
  requestNumber += 1;
  response.writeHead(status, {
    'Content-Type': 'application/json;charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    RCRequestId: `bench-${requestNumber}`,
    ...headers,
  });
  response.end(body);
}

function refusal(status: number, errorCode: string, message: string): Reply {
  return { status, body: JSON.stringify({ errorCode, message, errors: [{ errorCode, message }] }) };
}

const UNTOUCHED: CallState = { codes: {}, changedAt: 0 };

/** Only what changes is remembered: a cold read leaves nothing behind. */
function sessionReply(session: number, viewer: string): Reply {
  const call = calls.get(session);
  return {
    status: 200,
    body: sessionJson(session, call?.state ?? UNTOUCHED, ownerOf(viewer)),
    // Lets a poller that trusts this server ask exactly from where it knows; the real one has no such header.
    headers: { 'X-Changed-At': call?.changedAt ?? 0 },
  };
}

function partyReply(session: number, party: number, viewer: string): Reply {
  const state = calls.get(session)?.state ?? UNTOUCHED;
  return { status: 200, body: partyJson(session, party, state, ownerOf(viewer)) };
}

/** Whoever asks sees their own party, where changes of it are told. */
function ownerOf(viewer: string): string | undefined {
  return push === null ? undefined : viewer;
}

function callOf(number: number): Call {
  const known = calls.get(number);
  if (known !== undefined) return known;
  const call: Call = {
    ...{ number, state: UNTOUCHED, changedAt: 0, held: new Set<() => void>() },
    ...{ askedAt: new Map<string, number>(), agents: new Set<string>(), sequence: 1 },
  };
  calls.set(number, call);
  return call;
}

function epochMilliseconds(timestamp: string): number {
  return /^\d+$/.test(timestamp) ? Number(timestamp) : Date.parse(timestamp);
}

const nothingAsked = (): UpstreamCounts => ({
  reads: 0,
  polls: 0,
  commands: 0,
  other: 0,
  rejected: 0,
  again: 0,
});

function countsOf(viewer: string): UpstreamCounts {
  const counted = counts.get(viewer) ?? nothingAsked();
  counts.set(viewer, counted);
  return counted;
}

function countsOfAll(): UpstreamCounts {
  const sum = nothingAsked();
  for (const counted of counts.values()) {
    sum.reads += counted.reads;
    sum.polls += counted.polls;
    sum.commands += counted.commands;
    sum.other += counted.other;
    sum.rejected += counted.rejected;
    sum.again += counted.again;
  }
  return sum;
}
