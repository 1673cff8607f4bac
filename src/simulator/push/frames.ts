/** Frames of a socket as text, and back. Pure. */
import type { WireFrame, WireFrameMeta } from '../../ringcentral/wire.ts';

/** Null: no frame at all. */
export function readFrame(text: string): WireFrame | null {
  try {
    const frame: unknown = JSON.parse(text);
    return Array.isArray(frame) && typeof frame[0] === 'object' && frame[0] !== null
      ? (frame as WireFrame)
      : null;
  } catch {
    return null;
  }
}

/** A frame as it is sent. A body that is no JSON stands in it as it is, so that the whole is none either. */
export function frameText(frame: WireFrame): string {
  const [meta, body] = frame;
  return typeof body === 'string' ? `[${JSON.stringify(meta)},${body}]` : JSON.stringify(frame);
}

/** What a request says it can read. Names of headers are written as everybody likes. */
export function acceptIn({ headers = {} }: WireFrameMeta): string | undefined {
  const [, accept] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'accept') ?? [];
  return accept;
}
