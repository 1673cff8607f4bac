/** What the tests of the simulated Genesys Cloud share: a client that knows nothing but HTTP, and names for who is there. */
import { PEOPLE } from '../../src/simulator/genesys/people.ts';
import { createSimulator, type Simulator } from '../../src/simulator/server.ts';
import type { SettingChanges } from '../../src/simulator/settings.ts';

export const [ADA, BEN, CLEO, DANA, ELI, FAY] = PEOPLE.map(({ id }) => id) as [
  string,
  string,
  string,
  string,
  string,
  string,
];

/** A participant as any answer shows it, as far as the tests look into it. */
export interface AnyParticipant {
  readonly id: string;
  readonly purpose: string;
  readonly state: string;
  readonly user?: { readonly id: string };
  readonly calls?: readonly { readonly id: string; readonly state: string }[];
  readonly [field: string]: unknown;
}
export interface AnyBody {
  readonly id: string;
  readonly code: string;
  readonly participants: readonly AnyParticipant[];
  readonly entities: readonly AnyBody[];
  // biome-ignore lint/suspicious/noExplicitAny: whatever else an answer holds.
  readonly [field: string]: any;
}
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AnyBody;
}
/** `path` starts after `/api/v2`, unless it starts with `/oauth` or `/simulator`. */
export type GenesysClient = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** Without a story, and with whatever happens by itself happening only where a test asks for it. */
export const STILL: SettingChanges = {
  ...{ story: false, genesysCommandDelay: 0, genesysStationAnswers: null, genesysCalleeAnswers: null },
  ...{ genesysIvrLength: null, genesysQueueWait: null, genesysAlertingTimeout: null, genesysEventDelay: 0 },
  genesysRateLimit: 0,
};

export function startStill(settings: SettingChanges = {}): Promise<Simulator> {
  return createSimulator({ settings: { ...STILL, ...settings } });
}

export function clientOf({ url }: Simulator, token = 'gsim-ada'): GenesysClient {
  return async (method, path, body) => {
    const known = path.startsWith('/oauth') || path.startsWith('/simulator');
    const response = await fetch(`${url}${known ? '' : '/api/v2'}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  };
}

/** A conversation that is under way, as a read shows it. */
export interface Staged {
  readonly id: string;
  /** The ids of its participants, by purpose; of several, the last. */
  readonly ids: Readonly<Record<string, string>>;
  /** The same of a path after `/api/v2`. */
  readonly path: string;
  at(purpose: string): string;
}

export function staged(body: unknown): Staged {
  const { id, participants } = body as AnyBody;
  const ids = Object.fromEntries(participants.map((one) => [one.purpose, one.id]));
  const path = `/conversations/calls/${id}`;
  return { id, ids, path, at: (purpose) => `${path}/participants/${ids[purpose]}` };
}

/** A customer, who came by the Support queue, and Ada. */
export function talking(
  simulator: Simulator,
  state: 'alerting' | 'connected' = 'connected',
  to = 'Support',
): Staged {
  return staged(simulator.genesys.start({ kind: 'inbound', to, state }));
}

/** `purpose state`, with what is held and muted, in order. */
export function statesOf({ participants }: Pick<AnyBody, 'participants'>): string[] {
  return participants.map(({ purpose, state, held, muted }) =>
    [purpose, state, held === true ? 'held' : '', muted === true ? 'muted' : ''].filter(Boolean).join(' '),
  );
}
