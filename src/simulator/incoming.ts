/** A request before it is known what it asks for, and after. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FaultTarget } from './faults.ts';
import type { JournalEntry } from './journal.ts';
import type { SignedIn } from './oauth/sessions.ts';
import type { Answer } from './operation.ts';
import type { SocketSession } from './push/subscriptions.ts';
import type { RateGroup } from './rate-limits.ts';
import { readable } from './replies.ts';

/** A request as it came over the wire. */
export interface Incoming {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Where this server is, like `http://127.0.0.1:4010`. */
  readonly origin: string;
  /** Aborts when whoever asked has left. */
  readonly signal: AbortSignal;
  /** The session of the socket that it came over, which tells who asks; missing for HTTP. */
  readonly socket?: SocketSession;
}

/** Whoever asks. */
export interface Asking {
  /** Names the rate bucket; null: nobody is known yet, and nothing is counted. */
  readonly user: string | null;
  /** The extension number that a request is about, though nobody is signed in. */
  readonly about?: string | undefined;
  readonly signedIn: SignedIn | null;
}

/** What stands behind a request: whose rate bucket it is, and what to do when it may pass. */
export interface Resolved extends Pick<FaultTarget, 'operationId' | 'grant'> {
  readonly group: RateGroup;
  readonly conflictUnlisted: boolean;
  identify(): Asking;
  perform(asking: Asking): Answer | Promise<Answer>;
}

/** Keeps what a request held, for whoever reads the journal. */
export function noteRequest(entry: JournalEntry, { body, headers }: Incoming): void {
  if (body !== '') entry.requestBody = readable(body);
  if (headers.authorization !== undefined) entry.authorization = headers.authorization;
}

/** Of a form, as HTML sends it. */
export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Without its parameters; empty where none is given. */
export function contentTypeOf(headers: IncomingHttpHeaders): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
