/** Which closed sockets a client comes back from: as README says of its own, OPERATING.md of graphql-ws as it is. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { type Client, createClient, GRAPHQL_TRANSPORT_WS_PROTOCOL, MessageType } from 'graphql-ws';
import { describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createLiveClient } from '../../examples/live-client.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The codes in the first cell of each row, and the rest of the row. */
function rowsBelow(text: string, heading: string): { codes: number[]; rest: string }[] {
  const table = text.split(`${heading}\n`)[1]?.split('\n#')[0] ?? '';
  return table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => {
      const [, first = '', ...rest] = line.split('|');
      return { codes: [...first.matchAll(/\b\d{4}\b/g)].map(([code]) => Number(code)), rest: rest.join('|') };
    })
    .filter(({ codes }) => codes.length > 0);
}

const ofReadme = rowsBelow(read('README.md'), '### When the connection ends').flatMap(({ codes, rest }) =>
  codes.map((code) => ({ code, says: rest.includes('gives up') ? 'gives up' : 'comes back' })),
);

// "After the first five graphql-ws comes back by itself, after the others it gives up."
const ofOperating = rowsBelow(read('examples/OPERATING.md'), '## What a closed socket means').flatMap(
  ({ codes }, index) => codes.map((code) => ({ code, says: index < 5 ? 'comes back' : 'gives up' })),
);

const liveClient = (url: string) => createLiveClient(url, () => 'sim-101', { webSocketImpl: WebSocket });
const plainClient = (url: string) =>
  createClient({ url, webSocketImpl: WebSocket, retryAttempts: 1, retryWait: async () => {} });

describe('After a closed socket', () => {
  test.each(ofReadme)('with $code the client of README $says', async ({ code, says }) => {
    expect(await whatFollows(code, liveClient)).toBe(says);
  });

  test.each(ofOperating)('with $code graphql-ws $says', async ({ code, says }) => {
    expect(await whatFollows(code, plainClient)).toBe(says);
  });
});

/** What a client does after a server that accepted it has closed its socket like this. */
async function whatFollows(code: number, connect: (url: string) => Client): Promise<string> {
  await using server = await closingServer(code);
  const client = connect(server.url);
  const gaveUp = new Promise<string>((resolve) => {
    const end = () => resolve('gives up');
    client.subscribe(
      { query: 'subscription { activeCalls { presenceId } }' },
      { next() {}, error: end, complete: end },
    );
  });
  try {
    return await Promise.race([gaveUp, server.again.then(() => 'comes back')]);
  } finally {
    await client.dispose();
  }
}

/** Accepts whoever comes and closes the first socket at its operation; 1006 is no code but an end without one. */
async function closingServer(code: number) {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    handleProtocols: () => GRAPHQL_TRANSPORT_WS_PROTOCOL,
  });
  let visits = 0;
  const again = new Promise<void>((resolve) => {
    server.on('connection', (socket) => {
      visits += 1;
      const first = visits === 1;
      socket.on('message', (data) => {
        const { type } = JSON.parse(String(data)) as { type: MessageType };
        if (type === MessageType.ConnectionInit) {
          socket.send(JSON.stringify({ type: MessageType.ConnectionAck }));
        } else if (type === MessageType.Subscribe) {
          if (!first) resolve();
          else if (code === 1006) socket.terminate();
          else socket.close(code);
        }
      });
    });
  });
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    again,
    async [Symbol.asyncDispose]() {
      for (const socket of server.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
