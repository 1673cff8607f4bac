/** What the door of `/auth/…` makes of bodies that do not come as they should. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, test } from 'vitest';
import { createSignInDoor } from '../../src/server/sign-in-door.ts';
import { createGate } from './house.ts';

/** A door; answers what came of each request: the body that was read, and whether it was served. */
async function openDoor() {
  const served: Promise<boolean>[] = [];
  const read: string[] = [];
  const coming = createGate();
  const door = createSignInDoor(
    {
      async answer({ body }) {
        coming.open();
        read.push(await body());
        return { status: 200, headers: {}, body: '' };
      },
    },
    [],
    () => 'http://127.0.0.1',
  );
  const server = createServer((request, response) => {
    served.push(door.serve(request, response, '/auth/sign-out'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    ...{ port, served, read, come: coming.opened },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('A client that leaves in the middle of its body is nobody any more, and no defect.', async () => {
  await using door = await openDoor();
  const client = connect(door.port, '127.0.0.1');
  client.write('POST /auth/sign-out HTTP/1.1\r\nHost: gateway\r\nContent-Length: 100\r\n\r\n{"half":');
  await door.come;
  client.destroy();
  expect(await Promise.all(door.served)).toEqual([true]);
  expect(door.read).toEqual(['']);
});

test('Of a body longer than anybody has to say the rest is thrown away, and it is answered.', async () => {
  await using door = await openDoor();
  const response = await fetch(`http://127.0.0.1:${door.port}/auth/sign-out`, {
    method: 'POST',
    body: 'x'.repeat(1_048_576),
  });
  expect([response.status, response.headers.get('connection')]).toEqual([200, 'close']);
  expect(door.read[0]?.length).toBeLessThanOrEqual(16_384);
});
