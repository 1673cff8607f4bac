/**
 * The simulator as a gateway in front sees it: is it one, whom may a visitor be, and has it been reset?
 *
 * ```text
 *   looking ──it answers──► following ──another era──► onReset, following
 *      │  ▲                     │
 *      │  └──cannot be reached──┴── in a second
 *      └──answers something else──► it is no simulator, and is not asked again
 * ```
 */
import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Somebody whom a visitor may be by a token that everybody knows. */
export interface SimulatedUser {
  readonly name: string;
  readonly token: string;
}

/** What `GET /simulator/era` answers. */
export interface EraBody {
  readonly era: string;
  /** Of RingCentral. */
  readonly users: readonly SimulatedUser[];
  readonly genesysUsers: readonly SimulatedUser[];
}

export interface Front {
  /** Of RingCentral: nobody, until it has proved to be a simulator. */
  users(): readonly SimulatedUser[];
  /** The same of Genesys Cloud. */
  genesysUsers(): readonly SimulatedUser[];
  /** Another one after each reset; null, until it has proved to be a simulator. */
  era(): string | null;
  /** Resolves at the first answer, whatever it is. */
  readonly answered: Promise<void>;
  stop(): void;
}

const RETRY = 1_000; // 1 second
/** Longer than the simulator holds a question. */
const PATIENCE = 60_000; // 1 minute
const MOST_BYTES = 100_000;

/**
 * Follows what answers at this address, if that is a simulator. Only an address of this very machine is asked, without
 * any credential: RingCentral itself never is.
 */
export function followSimulator(serverUrl: string, onReset: () => void): Front {
  const { protocol, hostname } = new URL(serverUrl);
  const leaving = new AbortController();
  let told: EraBody | null = null;
  let era: string | null = null;
  const answered = new Promise<void>((resolve) => {
    if (protocol === 'http:' && LOOPBACK.has(hostname)) void follow(resolve).then(resolve);
    else resolve();
  });
  return {
    users: () => told?.users ?? [],
    genesysUsers: () => told?.genesysUsers ?? [],
    era: () => era,
    answered,
    stop: () => leaving.abort(),
  };

  async function follow(onAnswer: () => void): Promise<void> {
    while (!leaving.signal.aborted) {
      try {
        const body = await ask(`${serverUrl}/simulator/era?after=${era ?? ''}`, leaving.signal);
        if (body === null) break;
        told = body;
        const isReset = era !== null && era !== body.era;
        era = body.era;
        if (isReset) onReset();
        onAnswer();
      } catch {
        // It may start later than the gateway, or again.
        await delay(RETRY, undefined, { signal: leaving.signal, ref: false }).catch(() => {});
      }
    }
    told = null;
  }
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Null: whatever answers there is no simulator. Rejects when nothing does. */
function ask(url: string, signal: AbortSignal): Promise<EraBody | null> {
  return new Promise((resolve, reject) => {
    const request = get(url, { signal, agent: false, timeout: PATIENCE }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
        if (text.length > MOST_BYTES) request.destroy(new Error('This answer is none of a simulator.'));
      });
      response.on('end', () => resolve(response.statusCode === 200 ? read(text) : null));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('The simulator does not answer.')));
    request.on('error', reject);
    // Nobody waits for this.
    request.on('socket', (socket) => socket.unref());
  });
}

function read(text: string): EraBody | null {
  try {
    // An older one knows nobody of Genesys Cloud.
    const { era, users, genesysUsers = [] } = JSON.parse(text) as Partial<EraBody>;
    const isKnown = typeof era === 'string' && areUsers(users) && areUsers(genesysUsers);
    return isKnown ? { era, users, genesysUsers } : null;
  } catch {
    return null;
  }
}

function areUsers(users: unknown): users is readonly SimulatedUser[] {
  const isUser = (user: Partial<SimulatedUser> | null) =>
    typeof user?.name === 'string' && typeof user.token === 'string';
  return Array.isArray(users) && users.every(isUser);
}
