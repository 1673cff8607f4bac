/** Writes a reply, or spoils it the way that was ordered. */
import type { ServerResponse } from 'node:http';
import type { Fault } from './faults.ts';
import type { Reply } from './replies.ts';

/** Writes a reply as it is. */
export function send(
  response: ServerResponse,
  { status, headers, body }: Pick<Reply, 'status' | 'headers' | 'body'>,
): void {
  const text = textOf(body);
  const type: Record<string, string> =
    text === '' ? {} : { 'Content-Type': 'application/json;charset=utf-8', 'Content-Language': 'en-US' };
  const length: Record<string, string> = status === 204 ? {} : { 'Content-Length': lengthOf(text) };
  response.writeHead(status, { ...type, ...length, ...headers });
  response.end(text);
}

/** What a trouble needs beside the reply. */
export interface TroubleTools {
  readonly trouble: Fault;
  /** Waits as long as somebody is there to wait for the answer. */
  pause(milliseconds: number): Promise<void>;
  /** Notes the status that goes out; null when none does. */
  note(status: number | null): void;
}

/** Writes a reply the way its trouble wants it. */
export async function sendTroubled(
  response: ServerResponse,
  reply: Reply,
  { trouble, pause, note }: TroubleTools,
): Promise<void> {
  switch (trouble.do) {
    case 'status':
    case 'applyThenStatus': {
      const status = trouble.status ?? 503;
      note(status);
      const headers = { ...reply.headers, ...retryAfter(trouble) };
      send(response, { status, headers, body: trouble.body ?? reply.errorBody(status) });
      return;
    }
    case 'delay':
    case 'applyThenDelay':
      if (trouble.do === 'applyThenDelay') await pause(trouble.delay);
      if (response.destroyed) return;
      note(reply.status);
      send(response, reply);
      return;
    case 'reset':
    case 'resetAfterApply':
      note(null);
      response.socket?.resetAndDestroy();
      return;
    case 'hang':
      // Whoever waits has to leave.
      return;
    case 'truncate': {
      note(reply.status);
      const text = textOf(reply.body);
      send(response, { ...reply, body: text.slice(0, Math.floor(text.length / 2)) });
      return;
    }
    case 'drip':
      note(reply.status);
      return drip(response, reply, trouble.delay, pause);
    case 'html': {
      const status = trouble.status ?? 502;
      note(status);
      response.writeHead(status, { 'Content-Type': 'text/html', ...retryAfter(trouble) });
      response.end('<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>');
      return;
    }
  }
}

/** A byte, a pause, a byte; whoever waits for the whole needs patience. */
async function drip(
  response: ServerResponse,
  reply: Reply,
  delay: number,
  pause: TroubleTools['pause'],
): Promise<void> {
  const bytes = Buffer.from(textOf(reply.body));
  const type = { 'Content-Type': 'application/json;charset=utf-8' };
  response.writeHead(reply.status, { ...type, ...reply.headers, 'Content-Length': String(bytes.length) });
  for (const byte of bytes) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    await pause(delay);
  }
  response.end();
}

function retryAfter({ retryAfter }: Fault): Record<string, string> {
  return retryAfter === undefined ? {} : { 'Retry-After': retryAfter };
}

function textOf(body: unknown): string {
  if (body === undefined) return '';
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function lengthOf(text: string): string {
  return String(Buffer.byteLength(text));
}
