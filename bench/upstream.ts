/**
 * A lean RingCentral for the benchmark, in a process of its own that listens on `PORT`.
 *
 * It knows the reads, the long poll, hold and unhold, every token `viewer-<n>`, and every session of
 * `calls.ts`. It never runs out of requests, unless `LIMIT` sets RingCentral's real rule: so many a minute
 * for each viewer, 429 beyond, and every request made during the penalty starts it anew. With `INTRODUCTION` it takes so many
 * milliseconds to say whose a token is, or that it is nobody's.
 *
 * Its own door, `/bench/…`, changes calls and tells what was asked of it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  type CallState,
  CHANGING_PARTY,
  type PartyCode,
  partyJson,
  sessionJson,
  sessionNumber,
} from './calls.ts';
import { microseconds } from './clock.ts';

/** What has been asked, by one viewer or by all. */
export interface UpstreamCounts {
  reads: number;
  polls: number;
  commands: number;
  other: number;
  rejected: number;
}

interface Call {
  readonly number: number;
  state: CallState;
  /** Epoch milliseconds: what the `timestamp` of a long poll is compared with. */
  changedAt: number;
  /** Every long poll held open. */
  readonly held: Set<() => void>;
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

const calls = new Map<number, Call>();
const counts = new Map<string, UpstreamCounts>();
const windows = new Map<string, { starts: number[]; penaltyUntil: number }>();
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
  const left = limit === NO_LIMIT ? NO_LIMIT : takeFromWindow(viewer, Date.now());
  response.setHeader('X-Rate-Limit-Group', 'light');
  response.setHeader('X-Rate-Limit-Limit', limit);
  response.setHeader('X-Rate-Limit-Remaining', Math.max(0, left));
  response.setHeader('X-Rate-Limit-Window', WINDOW / 1_000);
  if (left < 0) {
    countsOf(viewer).rejected += 1;
    response.setHeader('Retry-After', WINDOW / 1_000);
    send(response, refusal(429, 'CMN-301', 'Request rate exceeded'));
    return;
  }
  answer(viewer, request, url, response);
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
      verb === undefined ? partyReply(session, number) : command(callOf(session), number, HELD[verb]),
    );
    return;
  }
  const poll = new URLSearchParams(query);
  const since = poll.get('timestamp');
  if (since === null) {
    counted.reads += 1;
    send(response, sessionReply(session));
    return;
  }
  counted.polls += 1;
  hold(callOf(session), epochMilliseconds(since), Number(poll.get('timeout') ?? 0) * 1_000, response);
}

/** Answers when the call has changed since `since`, or `timeout` milliseconds have passed. */
function hold(call: Call, since: number, timeout: number, response: ServerResponse): void {
  if (call.changedAt > since) {
    send(response, sessionReply(call.number));
    return;
  }
  const letGo = () => {
    clearTimeout(timer);
    call.held.delete(release);
  };
  const release = () => {
    letGo();
    send(response, sessionReply(call.number));
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

function command(call: Call, party: number, code: PartyCode = 'Answered'): Reply {
  if ((call.state.codes[party] ?? 'Answered') === code) {
    return refusal(409, 'TAS-102', 'Incorrect State [WrongState]');
  }
  change(call, party, code, call.state.changedAt);
  return partyReply(call.number, party);
}

function change(call: Call, party: number, code: PartyCode, marker: number): void {
  call.state = { codes: { ...call.state.codes, [party]: code }, changedAt: marker };
  call.changedAt = Math.max(Date.now(), call.changedAt + 1);
  for (const release of [...call.held]) release();
}

/** `/bench/change?sessions=1,2` changes these and answers their markers; `/bench/counts` tells what was asked. */
function control(url: string): Reply {
  const { pathname, searchParams } = new URL(url, 'http://upstream');
  if (pathname === '/bench/change') {
    const sessions = (searchParams.get('sessions') ?? '').split(',').map(Number);
    const markers = sessions.map((session) => {
      const call = callOf(session);
      const marker = microseconds();
      const code = call.state.codes[CHANGING_PARTY] === 'Hold' ? 'Answered' : 'Hold';
      change(call, CHANGING_PARTY, code, marker);
      return marker;
    });
    return { status: 200, body: JSON.stringify(markers) };
  }
  const viewer = searchParams.get('viewer');
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
function takeFromWindow(viewer: string, now: number): number {
  const window = windows.get(viewer) ?? { starts: [], penaltyUntil: 0 };
  windows.set(viewer, window);
  window.starts = window.starts.filter((start) => start > now - WINDOW);
  if (now < window.penaltyUntil || window.starts.length >= limit) {
    window.penaltyUntil = now + WINDOW;
    return -1;
  }
  window.starts.push(now);
  return limit - window.starts.length;
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
function sessionReply(session: number): Reply {
  const call = calls.get(session);
  return {
    status: 200,
    body: sessionJson(session, call?.state ?? UNTOUCHED),
    // Lets a poller that trusts this server ask exactly from where it knows; the real one has no such header.
    headers: { 'X-Changed-At': call?.changedAt ?? 0 },
  };
}

function partyReply(session: number, party: number): Reply {
  return { status: 200, body: partyJson(session, party, calls.get(session)?.state ?? UNTOUCHED) };
}

function callOf(number: number): Call {
  const known = calls.get(number);
  if (known !== undefined) return known;
  const call: Call = { number, state: UNTOUCHED, changedAt: 0, held: new Set() };
  calls.set(number, call);
  return call;
}

function epochMilliseconds(timestamp: string): number {
  return /^\d+$/.test(timestamp) ? Number(timestamp) : Date.parse(timestamp);
}

const nothingAsked = (): UpstreamCounts => ({ reads: 0, polls: 0, commands: 0, other: 0, rejected: 0 });

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
  }
  return sum;
}
