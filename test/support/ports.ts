/** What tests of real connections have in common. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A port that was free a moment ago: for a process that cannot tell which it took. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Keeps a socket among those that are open, for as long as it is. */
export function keepIn(open: Set<Socket>, socket: Socket): Socket {
  open.add(socket);
  socket.on('error', () => {});
  socket.on('close', () => open.delete(socket));
  return socket;
}
