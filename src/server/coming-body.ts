/** The body of a request as it comes in, counted as what is held of it. */
import type { IncomingMessage } from 'node:http';
import type { HeldBody } from './bodies.ts';
import { tooLarge } from './request-form.ts';

/** The body of one request. */
export interface ComingBody {
  readonly held: HeldBody;
  readonly whole: Promise<string>;
}

/**
 * Collects the body by its events: an iterator over the stream costs more than the whole rest of a small request. To be
 * called before anything is waited for, because the events of a client that left come once.
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  hold: (giveUp: (error: Error) => void) => HeldBody,
): ComingBody {
  const chunks: Buffer[] = [];
  let size = 0;
  let isOver = false;
  let settle: { resolve(text: string): void; reject(error: Error): void };
  const whole = new Promise<string>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const giveUp = (error: Error) => {
    isOver = true;
    // The stream is kept, so that the refusal can still be sent.
    request.off('data', take).pause();
    chunks.length = 0;
    settle.reject(error);
  };
  const held = hold(giveUp);
  function take(chunk: Buffer): void {
    size += chunk.length;
    chunks.push(chunk);
    if (size > maxBytes) giveUp(tooLarge(maxBytes));
    else held.hold(size);
  }
  request.on('data', take);
  request.once('end', () => {
    isOver = true;
    settle.resolve(chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks).toString());
  });
  request.once('error', giveUp);
  request.once('close', () => {
    if (!isOver) giveUp(new Error('The client left before its request was whole.'));
  });
  return { held, whole };
}
