import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { headOf, nextFrame } from '../../src/server/fan-out.ts';

describe('A frame', () => {
  test('of any length is read by a client as the message it is.', async () => {
    const server = createServer();
    const acceptor = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    // Around 125, 126 and 65,536 bytes the head of a frame changes its form.
    const words = [0, 60, ...lengthsAround(125), ...lengthsAround(65_535), 200_000].map((length) =>
      'x'.repeat(length),
    );
    const results = [...words, 'Grüße, 東京, 🤙'].map((word) => ({ data: { word } }));
    server.on('upgrade', (request, socket, head) =>
      acceptor.handleUpgrade(request, socket, head, (opened) => {
        for (const result of results) socket.write(nextFrame(headOf('ü "1"'), result));
        opened.send('the end');
      }),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const client = new WebSocket(`ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
    onTestFinished(() => {
      client.terminate();
      server.close();
    });
    const heard: string[] = [];
    client.on('message', (data) => heard.push(String(data)));
    while (heard.at(-1) !== 'the end') await once(client, 'message');

    expect(heard.slice(0, -1).map((text) => JSON.parse(text))).toEqual(
      results.map((payload) => ({ id: 'ü "1"', type: 'next', payload })),
    );
  });

  test('is the same for all who share a result, but for their ids.', () => {
    const result = { data: { count: 1 } };
    const [one, two] = ['1', '2'].map((id) => String(nextFrame(headOf(id), result)));
    expect(one?.replace('"id":"1"', '"id":"2"')).toBe(two);
  });
});

/** Lengths of a word that bring its whole message to just below, to and just above `length`. */
function lengthsAround(length: number): number[] {
  const rest = headOf('ü "1"').length + '{"data":{"word":""}}}'.length + 1; // ü has two bytes
  return [-1, 0, 1, 2].map((more) => length + more - rest);
}
