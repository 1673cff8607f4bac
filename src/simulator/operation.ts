/** What an operation of RingCentral is here: its address, its rate group, and what it answers to whom. */
import type { Extension } from './company/extension.ts';
import type { Body } from './fields.ts';
import type { SignedIn } from './oauth/sessions.ts';
import type { SocketSession, Subscriptions } from './push/subscriptions.ts';
import type { RateGroup } from './rate-limits.ts';
import type { Switchboard } from './switchboard.ts';

/** A request that has found its operation, from somebody who is known. */
export interface Asked {
  readonly board: Switchboard;
  readonly viewer: Extension;
  readonly signedIn: SignedIn;
  readonly subscriptions: Subscriptions;
  /** The session of the socket that the request came over; null when it came by HTTP. */
  readonly socket: SocketSession | null;
  /** The parts of the path that differ, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Body;
  /** The types of content that whoever asks can read, as the header says it; empty where it says nothing. */
  readonly accept: string;
  /** Where this server is, like `http://127.0.0.1:4010`. */
  readonly origin: string;
  /** Aborts when whoever asked has left. */
  readonly signal: AbortSignal;
  /** Says that the answer has to wait for a change. */
  holding(): void;
}

export interface Answer {
  readonly status: number;
  /** Missing: no content. */
  readonly body?: unknown;
  /** Those of its own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** There is no answer: the connection breaks. */
  readonly breaks?: true;
}

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly group: RateGroup;
  /** The published document lists no 409 for it. */
  readonly conflictUnlisted?: true;
  handle(asked: Asked): Answer | Promise<Answer>;
}

/** An answer with this body. */
export const ok = (body: unknown): Answer => ({ status: 200, body });
/** The same, of something that was not there before. */
export const created = (body: unknown): Answer => ({ status: 201, body });
/** Done, and there is nothing to tell. */
export const NO_CONTENT: Answer = { status: 204 };

/** Where an account is. */
export const ACCOUNT = '/restapi/v1.0/account/{accountId}';
