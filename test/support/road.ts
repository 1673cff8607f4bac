/** The road between a client and the gateway, on which anything can go wrong. */
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net';
import { keepIn } from './ports.ts';

/**
 * Ways of being away.
 * - `refusing`: nobody listens, and what was connected is cut
 * - `hanging`: it listens and never says a word
 * - `unavailable`: a proxy before it answers 503
 * - `asleep`: what was connected hears nothing more, without being told; whoever comes anew is let through
 */
export type Away = 'refusing' | 'hanging' | 'unavailable' | 'asleep';

export interface Road extends AsyncDisposable {
  /** Like `http://127.0.0.1:4000`. */
  readonly origin: string;
  /** How many connections were tried while somebody listened. */
  tries(): number;
  goAway(how: Away): Promise<void>;
  /** Lets through again, to another address where one is given. */
  comeBack(target?: string): Promise<void>;
}

/** Builds one that leads to this address, like `http://127.0.0.1:4000/graphql`. */
export async function openRoad(target: string): Promise<Road> {
  let address = new URL(target);
  const open = new Set<Socket>();
  let mode: Away | 'open' = 'open';
  let tries = 0;
  let server: Server = listener();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  function listener(): Server {
    return createServer((near) => {
      tries += 1;
      keepIn(open, near);
      if (mode === 'hanging') return;
      if (mode === 'unavailable') {
        near.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        return;
      }
      const far = keepIn(open, dial(Number(address.port), address.hostname));
      near.pipe(far);
      far.pipe(near);
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
    });
  }

  function cut(): void {
    for (const socket of open) socket.destroy();
  }

  async function close(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    cut();
    await closed;
  }

  return {
    origin: `http://127.0.0.1:${port}`,
    tries: () => tries,
    async goAway(how) {
      mode = how;
      if (how === 'refusing') await close();
      else if (how === 'asleep') for (const socket of open) socket.unpipe().pause();
      else cut();
    },
    async comeBack(other = address.href) {
      address = new URL(other);
      const was = mode;
      mode = 'open';
      if (was === 'hanging') cut();
      if (server.listening) return;
      server = listener();
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    [Symbol.asyncDispose]: close,
  };
}
