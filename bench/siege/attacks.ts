/** Six ways to take a gateway from everybody else, each bounded in time, connections and what it sends at once. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sessionId, tokenOf } from '../calls.ts';
import { type Answer, getRequest, openConnection, postRequest } from '../http-load.ts';
import { graphql } from '../operations.ts';
import { frameOf, TEXT } from '../websocket.ts';
import { heaviestAllowed, type Operation } from './heaviest.ts';

export interface Battlefield {
  readonly port: number;
  readonly duration: number;
  /** Aborts when time is up. */
  readonly over: AbortSignal;
  /** Counts something that happened. */
  readonly note: (what: string) => void;
}

export interface Attack {
  /** What the report calls it. */
  readonly title: string;
  /** Looks around before it begins; answers what it does until time is up. */
  readonly prepare: (port: number) => Promise<(field: Battlefield) => Promise<void>>;
}

/** The viewers who attack; the good user is another one. */
const ATTACKER = 666;
const CROWD = 700;
/** What the good user watches changes all the time, so that there are events for whoever watches it, too. */
const LIVELY = 50_000_000;

/** The attacks; the first is none, and shows what the machine itself costs. */
export const ATTACKS: Readonly<Record<string, Attack>> = {
  nobody: { title: 'nobody', prepare: async () => (field) => pause(field.duration, field) },
  strangers: { title: 'strangers with random tokens', prepare: async () => inHands(500, knockAsStranger) },
  heaviest: { title: 'the heaviest operations', prepare: prepareTheHeaviest },
  'slow-bodies': { title: 'a thousand slow bodies', prepare: async () => inHands(1_000, dribble) },
  'deaf-readers': { title: 'five hundred who do not read', prepare: prepareNotToRead },
  'hang-ups': { title: 'hang-ups at random moments', prepare: async () => inHands(64, hangUp) },
  'stalled-log': { title: 'a log that nobody reads', prepare: async () => inHands(8, askForLines) },
};

type Turn = (field: Battlefield, hand: number) => Promise<void>;

function inHands(count: number, turn: Turn): (field: Battlefield) => Promise<void> {
  return (field) => hands(count, field, turn);
}

/** So many at a time, each again and again; who fails waits for a moment. */
async function hands(count: number, field: Battlefield, turn: Turn): Promise<void> {
  const one = async (hand: number) => {
    while (!field.over.aborted) {
      try {
        await turn(field, hand);
      } catch {
        field.note(field.over.aborted ? 'waiting at the end' : 'cut off');
        await pause(100, field);
      }
    }
  };
  await Promise.all(Array.from({ length: count }, (_, hand) => one(hand)));
}

/** Twenty requests on one connection, each with a token that nobody has seen. */
async function knockAsStranger(field: Battlefield, hand: number): Promise<void> {
  if (hand % 10 === 0) return knockAtSocket(field);
  const connection = await openConnection(field.port);
  const end = () => connection.close();
  field.over.addEventListener('abort', end, { once: true });
  try {
    for (let times = 0; times < 20 && !field.over.aborted; times += 1) {
      const token = `random-${Math.random()}-${Math.random()}`;
      const answer = await connection.send(postRequest('/graphql', token, QUERY));
      field.note(String(answer.status));
      if (/\r\nconnection: *close/i.test(answer.head)) return;
    }
  } finally {
    field.over.removeEventListener('abort', end);
    connection.close();
  }
}

async function knockAtSocket(field: Battlefield): Promise<void> {
  const socket = await upgraded(field);
  socket.resume();
  const payload = { authorization: `Bearer random-${Math.random()}` };
  socket.write(frameOf(TEXT, JSON.stringify({ type: 'connection_init', payload })));
  await closed(socket, field, 5_000);
  field.note('socket closed');
}

/** Sixteen connections and twenty heavy subscriptions of one viewer, and the events to fill them. */
async function prepareTheHeaviest(port: number): Promise<(field: Battlefield) => Promise<void>> {
  const heaviest = await heaviestAllowed(port, tokenOf(ATTACKER));
  return async (field) => {
    for (const { name } of heaviest) field.note(name);
    const ask: Turn = (_, hand) => askAgainAndAgain(field, heaviest[hand % heaviest.length]?.operation);
    await Promise.all([hands(16, field, ask), hands(1, field, watchHeavily), hands(1, field, holdAndUnhold)]);
  };
}

async function askAgainAndAgain(field: Battlefield, operation: Operation | undefined): Promise<void> {
  const connection = await openConnection(field.port);
  const end = () => connection.close();
  field.over.addEventListener('abort', end, { once: true });
  try {
    while (!field.over.aborted) {
      const answer = await connection.send(
        postRequest('/graphql', tokenOf(ATTACKER), JSON.stringify(operation)),
      );
      field.note(verdictOf(answer));
    }
  } finally {
    field.over.removeEventListener('abort', end);
    connection.close();
  }
}

const EVENTFUL = LIVELY + 2_000_000;

async function watchHeavily(field: Battlefield): Promise<void> {
  const socket = await upgraded(field);
  const payload = { authorization: `Bearer ${tokenOf(ATTACKER)}` };
  socket.on('data', (chunk: Buffer) => {
    if (chunk.includes('"next"')) field.note('event');
  });
  socket.write(frameOf(TEXT, JSON.stringify({ type: 'connection_init', payload })));
  for (let id = 0; id < 20; id += 1) {
    const query = `subscription { a${id}: callPartyUpdated(sessionId: "${sessionId(EVENTFUL)}") { session { parties { session { parties { id from { name } to { name } status { code } } } } } } }`;
    socket.write(frameOf(TEXT, JSON.stringify({ type: 'subscribe', id: String(id), payload: { query } })));
  }
  await closed(socket, field, field.duration);
}

async function holdAndUnhold(field: Battlefield): Promise<void> {
  const connection = await openConnection(field.port);
  try {
    while (!field.over.aborted) {
      for (const code of ['Hold', 'Answered'] as const) {
        field.note(verdictOf(await connection.send(graphql.command(ATTACKER, EVENTFUL, 3, code).request)));
        await pause(100, field);
      }
    }
  } finally {
    connection.close();
  }
}

/** A body of which a byte comes every second: of a known viewer, of many, and of strangers. */
async function dribble(field: Battlefield, hand: number): Promise<void> {
  const token = [tokenOf(ATTACKER), tokenOf(CROWD + hand), `random-${Math.random()}`][hand % 3] ?? '';
  const socket = await joined(field);
  socket.resume();
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{',
  );
  const drip = setInterval(() => socket.write(' '), 1_000);
  await closed(socket, field, field.duration);
  clearInterval(drip);
  field.note('given up');
}

/** A third each: answers over HTTP, events over HTTP, both over a WebSocket. Twenty viewers, and nobody reads. */
async function prepareNotToRead(port: number): Promise<(field: Battlefield) => Promise<void>> {
  const largest = await heaviestAllowed(port, tokenOf(ATTACKER));
  const { operation } = largest.find(({ name }) => name.startsWith('calls')) as (typeof largest)[number];
  return (field) => {
    const each = Math.max(1, Math.round((field.duration / 1_000) * (LARGE_A_SECOND / 334)));
    const started = Date.now();
    return hands(500, field, async (_, hand) => {
      // One after another in the first half: what is asked at once is another attack.
      const due = started + (hand / 500) * (field.duration / 2);
      if (Date.now() < due) await pause(due - Date.now(), field);
      const token = tokenOf(CROWD + (hand % 20));
      await [deafToAnswers, deafToEvents, deafOnSocket][hand % 3]?.(field, token, operation, each);
    });
  };
}

const LARGE_A_SECOND = 15; // large answers, over all readers

async function deafToAnswers(
  field: Battlefield,
  token: string,
  operation: Operation,
  each: number,
): Promise<void> {
  const socket = await joined(field);
  for (let times = 0; times < each; times += 1) {
    socket.write(postRequest('/graphql', token, JSON.stringify(operation)));
  }
  await closed(socket, field, field.duration);
  field.note('reader cut off');
}

async function deafToEvents(field: Battlefield, token: string): Promise<void> {
  const socket = await joined(field);
  const request = postRequest('/graphql', token, JSON.stringify({ query: EVENTS }));
  socket.write(request.replace('application/json', 'text/event-stream'));
  await closed(socket, field, field.duration);
  field.note('listener cut off');
}

async function deafOnSocket(
  field: Battlefield,
  token: string,
  operation: Operation,
  each: number,
): Promise<void> {
  const socket = await upgraded(field);
  const payload = { authorization: `Bearer ${token}` };
  socket.write(frameOf(TEXT, JSON.stringify({ type: 'connection_init', payload })));
  await pause(1_000, field); // for the acknowledgement, which nobody reads either
  socket.write(frameOf(TEXT, JSON.stringify({ type: 'subscribe', id: 'e', payload: { query: EVENTS } })));
  for (let id = 0; id < each; id += 1) {
    socket.write(frameOf(TEXT, JSON.stringify({ type: 'subscribe', id: String(id), payload: operation })));
  }
  const ping = setInterval(() => socket.write(frameOf(TEXT, '{"type":"ping"}')), 100);
  await closed(socket, field, field.duration);
  clearInterval(ping);
  field.note('socket cut off');
}

/** Asks for anything, also with a token that has to be asked for first, and leaves at any moment. */
async function hangUp(field: Battlefield, hand: number): Promise<void> {
  const token = hand % 2 === 0 ? tokenOf(ATTACKER) : tokenOf(100_000 + Math.floor(Math.random() * 1_000_000));
  const body = JSON.stringify({
    query: `{ callSession(id: "${sessionId(60_000_000 + Math.floor(Math.random() * 1e6))}") { id parties { id } } }`,
  });
  const request = postRequest('/graphql', token, body);
  const stays = Math.random() * 600;
  const way = Math.floor(Math.random() * 5);
  const socket = way === 0 ? await upgraded(field) : await joined(field);
  socket.resume();
  if (way === 0) {
    const payload = { authorization: `Bearer ${token}` };
    const subscribe = JSON.stringify({ type: 'subscribe', id: '1', payload: { query: EVENTS } });
    socket.write(frameOf(TEXT, JSON.stringify({ type: 'connection_init', payload })));
    for (let times = 0; times < 3; times += 1) {
      socket.write(frameOf(TEXT, subscribe));
      socket.write(frameOf(TEXT, '{"type":"complete","id":"1"}'));
    }
    socket.write(frameOf(TEXT, subscribe));
  } else if (way === 1) {
    socket.write(graphql.command(ATTACKER, 61_000_000 + hand, 3, stays > 300 ? 'Hold' : 'Answered').request);
  } else if (way === 2) {
    socket.write(
      postRequest('/graphql', token, JSON.stringify({ query: EVENTS })).replace(
        'application/json',
        'text/event-stream',
      ),
    );
  } else {
    // The whole of it, or any part.
    socket.write(way === 3 ? request : request.slice(0, Math.floor(Math.random() * request.length)));
  }
  await pause(stays, field);
  if (Math.random() < 0.5) socket.resetAndDestroy();
  else socket.destroy();
  field.note('hung up');
}

/** Two hundred lines of the log a second. */
async function askForLines(field: Battlefield): Promise<void> {
  const connection = await openConnection(field.port);
  try {
    while (!field.over.aborted) {
      field.note(verdictOf(await connection.send(postRequest('/graphql', tokenOf(ATTACKER), QUERY))));
      await pause(40, field);
    }
  } finally {
    connection.close();
  }
}

const QUERY = JSON.stringify({ query: '{ viewer { name } }' });
const EVENTS = `subscription { callPartyUpdated(sessionId: "${sessionId(LIVELY)}") { id status { code } from { name } to { name } } }`;

function verdictOf({ status, body }: Answer): string {
  if (!body.includes('"errors":')) return String(status);
  return `${status} ${/"code":"(\w+)"/.exec(body.subarray(-5_000).toString())?.[1] ?? 'with errors'}`;
}

/** A connection that is not read from until it is resumed; it ends with the siege. */
function joined({ port, over }: Battlefield): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.pause();
    socket.on('error', reject);
    socket.once('connect', () => resolve(socket));
    const end = () => socket.destroy();
    if (over.aborted) end();
    over.addEventListener('abort', end, { once: true });
    socket.once('close', () => {
      over.removeEventListener('abort', end);
      reject(new Error('The connection is closed'));
    });
  });
}

async function upgraded(field: Battlefield): Promise<Socket> {
  const socket = await joined(field);
  const head = getRequest('/graphql', 'none').replace(/Authorization:.*\r\n\r\n$/s, '');
  socket.write(
    `${head}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
  );
  return socket;
}

/** Until the other side ends it, time is up, or patience is; then it is closed. */
function closed(socket: Socket, { over }: Battlefield, patience: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve();
    };
    const timer = setTimeout(end, patience);
    if (socket.destroyed || over.aborted) end();
    else socket.once('close', end);
  });
}

async function pause(milliseconds: number, { over }: Battlefield): Promise<void> {
  await sleep(milliseconds, undefined, { signal: over }).catch(() => {});
}
