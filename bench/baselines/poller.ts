/** One long poll for each call that somebody follows: as simple as it can be before an upstream that keeps its word. */
import { Agent } from 'node:http';
import { got } from 'got';
import type { WireSession } from '../../src/ringcentral/wire.ts';

export interface Poller {
  /** Reads a session with the token of `authorization`, and again whenever it changes, as long as the process lives. */
  follow(sessionId: string, authorization: string, onChange: (session: WireSession) => void): void;
  /** Reads it once. */
  read(sessionId: string, authorization: string): Promise<WireSession>;
  /** Sends a command to a party. */
  command(path: string, authorization: string): Promise<unknown>;
}

/** Makes a poller before the upstream of the benchmark. */
export function createPoller(upstreamUrl: string): Poller {
  const upstream = got.extend({
    prefixUrl: `${upstreamUrl}/restapi/v1.0/account/~/telephony/sessions`,
    agent: { http: new Agent({ keepAlive: true }) },
    retry: { limit: 0 },
  });

  return {
    follow(sessionId, authorization, onChange) {
      void pollForever(sessionId, authorization, onChange);
    },
    read: (sessionId, authorization) => upstream(sessionId, { headers: { authorization } }).json(),
    command: (path, authorization) => upstream.post(path, { headers: { authorization } }).json(),
  };

  async function pollForever(
    sessionId: string,
    authorization: string,
    onChange: (session: WireSession) => void,
  ): Promise<never> {
    let known: string | null = null;
    while (true) {
      const since: Record<string, string> = known === null ? {} : { timestamp: known, timeout: '300' };
      const response = await upstream(sessionId, { headers: { authorization }, searchParams: since });
      const changedAt = String(response.headers['x-changed-at']);
      if (changedAt !== known) onChange(JSON.parse(response.body) as WireSession);
      known = changedAt;
    }
  }
}
