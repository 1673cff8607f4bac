/** Why somebody gets no WebSocket: told to the client, and to the operator, in words that name the mend. */
import type { IncomingHttpHeaders } from 'node:http';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import type { Log } from '../telemetry/log.ts';
import { createAllowance } from './crowd.ts';
import { mayConnect } from './origins.ts';

/** The answer to an upgrade request that gets no WebSocket. */
export interface UpgradeRefusal {
  readonly status: 403 | 404 | 421 | 503;
  /** For whoever reads the answer. */
  readonly mend: string;
  /** Whether an operator can mend it. */
  readonly noted: boolean;
}

export interface UpgradeAsked {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** Null: it may have one. */
export function refuseUpgrade(
  { path, headers }: UpgradeAsked,
  corsOrigins: readonly string[],
  draining: boolean,
): UpgradeRefusal | null {
  if (path !== '/graphql') {
    return { status: 404, mend: 'There is no WebSocket at this address; it is at /graphql.', noted: false };
  }
  if (draining) {
    return { status: 503, mend: 'This gateway is going away; connect again.', noted: false };
  }
  if (mayConnect(headers, corsOrigins)) return null;
  return {
    status: 403,
    mend:
      `Pages of the origin ${shown(headers.origin)} may not connect to the host ${shown(headers.host)}. ` +
      'Allowed are pages of this host (a proxy must pass Host on unchanged) and of the origins in CORS_ORIGINS.',
    noted: true,
  };
}

/** The older protocol of the same author, which Apollo's subscriptions-transport-ws calls by this name. */
const OLD_PROTOCOL = 'graphql-ws';

/** The closing words for a socket of another subprotocol; null for the one that is spoken. */
export function refuseProtocol(protocol: string): string | null {
  if (protocol === GRAPHQL_TRANSPORT_WS_PROTOCOL) return null;
  const read =
    protocol === '' ? 'no subprotocol' : `the subprotocol ${JSON.stringify(protocol.slice(0, 20))}`;
  const mend =
    protocol === OLD_PROTOCOL ? 'replace subscriptions-transport-ws by graphql-ws' : 'use graphql-ws';
  return `Read ${read}, expected "${GRAPHQL_TRANSPORT_WS_PROTOCOL}": ${mend}`;
}

/**
 * What is answered to the subprotocols that a client offers. Another one is accepted to be closed at once: a browser shows
 * nobody the answer to an upgrade that failed, and tells its page the words of a close.
 */
export function chooseProtocol(offered: ReadonlySet<string>): string | false {
  if (offered.has(GRAPHQL_TRANSPORT_WS_PROTOCOL)) return GRAPHQL_TRANSPORT_WS_PROTOCOL;
  const [first] = offered;
  return first ?? false;
}

/** Logs a refusal, unless too many were logged just now. */
export type NoteRefusal = (facts: object, mend: string) => void;

/** Strangers decide how often they are refused, so not every time is logged: this many at once, */
const LINES_AT_ONCE = 10;
/** and this many a second for long. */
const LINES_PER_SECOND = 0.1;

/** Makes it; one for all doors. */
export function createRefusalLog(log: Log): NoteRefusal {
  const allowance = createAllowance(LINES_AT_ONCE, LINES_PER_SECOND, Date.now());
  let unsaid = 0;
  return (facts, mend) => {
    if (!allowance.take(Date.now())) {
      unsaid += 1;
      return;
    }
    log.warn({ ...facts, mend, ...(unsaid > 0 && { unsaid }) }, 'a WebSocket was refused');
    unsaid = 0;
  };
}

const LONGEST_SHOWN = 100; // characters

function shown(header: string | undefined): string {
  return header === undefined ? 'none' : JSON.stringify(header.slice(0, LONGEST_SHOWN));
}
