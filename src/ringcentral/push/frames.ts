/** Frames of RingCentral's sockets: reading what came, writing what goes. */
import { randomUUID } from 'node:crypto';
import type {
  WireConnectionDetails,
  WireError,
  WireFrame,
  WireFrameMeta,
  WireNotification,
} from '../wire.ts';

/** A frame, by what it is. */
export type Frame =
  | { readonly type: 'details'; readonly meta: WireFrameMeta; readonly details: WireConnectionDetails | null }
  | { readonly type: 'answer'; readonly meta: WireFrameMeta; readonly body: unknown }
  | { readonly type: 'notification'; readonly meta: WireFrameMeta; readonly notification: WireNotification }
  | { readonly type: 'heartbeat'; readonly meta: WireFrameMeta }
  | { readonly type: 'error'; readonly meta: WireFrameMeta; readonly error: WireError }
  /** Answers to batches are no JSON, and there may be types that nobody has published. */
  | { readonly type: 'unknown' };

/** Reads a frame; never throws. Types are compared without their case. */
export function readFrame(text: string): Frame {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return UNKNOWN;
  }
  if (!Array.isArray(frame)) return UNKNOWN;
  const [meta, body]: unknown[] = frame;
  if (!isObject(meta)) return UNKNOWN;
  const known = meta as WireFrameMeta;
  switch (typeof known.type === 'string' ? known.type.toLowerCase() : '') {
    case 'connectiondetails':
      return { type: 'details', meta: known, details: isObject(body) ? body : null };
    case 'clientrequest':
      return { type: 'answer', meta: known, body: body ?? null };
    case 'servernotification':
      return isObject(body) ? { type: 'notification', meta: known, notification: body } : UNKNOWN;
    case 'heartbeat':
      return { type: 'heartbeat', meta: known };
    case 'error':
      return { type: 'error', meta: known, error: isObject(body) ? body : {} };
    default:
      return UNKNOWN;
  }
}

/** A request over the socket, and the id that its answer will have. */
export function requestFrame(
  method: string,
  path: string,
  body?: object,
): { readonly messageId: string; readonly text: string } {
  const messageId = randomUUID();
  const meta: WireFrameMeta = { type: 'ClientRequest', messageId, method, path };
  const frame: WireFrame = body === undefined ? [meta] : [meta, body];
  return { messageId, text: JSON.stringify(frame) };
}

/** Asks for a sign of life. */
export function heartbeatFrame(): string {
  return JSON.stringify([{ type: 'Heartbeat', messageId: randomUUID() }]);
}

const UNKNOWN: Frame = { type: 'unknown' };

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
